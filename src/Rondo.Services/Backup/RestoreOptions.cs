namespace Rondo.Services.Backup;

/// <summary>What the command line says about a restore.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed record RestoreOptions
{
    /// <summary>The archive.</summary>
    public required string File { get; init; }

    /// <summary>The folder that gets everything, empty or not there yet; as in <see cref="ServerOptions.DataFolder"/>.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Where to move a folder that is not empty; it must not exist yet. Null refuses such a folder.</summary>
    public string? MoveOldTo { get; init; }

    /// <summary>As in <see cref="ServerOptions.DatabaseFile"/>.</summary>
    public string? DatabaseFile { get; init; }

    /// <summary>
    /// Whether cursors of clients stay valid: right when everything moves to another machine, wrong when it goes back in
    /// time.
    /// </summary>
    public bool KeepEpoch { get; init; }
}
