namespace Rondo.Services.Doctor;

/// <summary>What the command line says about a check-up.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed record DoctorOptions
{
    /// <summary>Explain this finding instead of looking; null looks.</summary>
    public string? Code { get; init; }

    /// <summary>The data folder, as in <see cref="ServerOptions.DataFolder"/>.</summary>
    public string? DataFolder { get; init; }

    /// <summary>As in <see cref="ServerOptions.DatabaseFile"/>.</summary>
    public string? DatabaseFile { get; init; }

    /// <summary>As in <see cref="ServerOptions.Urls"/>.</summary>
    public string? Urls { get; init; }

    /// <summary>Whether to ask no server for anything.</summary>
    public bool Offline { get; init; }

    /// <summary>Whether to write JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Whether the output shows colours.</summary>
    public bool HasColor { get; init; }
}
