namespace Rondo.Services.Backup;

/// <summary>What the command line says about a backup.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed record BackupOptions
{
    /// <summary>The archive to write; it must not exist yet.</summary>
    public required string File { get; init; }

    /// <summary>Whether the archive replaces one that is there.</summary>
    public bool Overwrite { get; init; }

    /// <summary>The data folder, as in <see cref="ServerOptions.DataFolder"/>.</summary>
    public string? DataFolder { get; init; }

    /// <summary>As in <see cref="ServerOptions.DatabaseFile"/>.</summary>
    public string? DatabaseFile { get; init; }

    /// <summary>
    /// Told every few milliseconds how far it is: the part of the archive, lines written, lines in all. On the thread
    /// that writes.
    /// </summary>
    public Action<string, long, long>? Progress { get; init; }
}
