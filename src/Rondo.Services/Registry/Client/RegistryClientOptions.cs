namespace Rondo.Services.Registry.Client;

/// <summary>How a <see cref="RegistryClient"/> behaves.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed record RegistryClientOptions
{
    /// <summary>
    /// A key with the scope <c>registry:write:NAME</c> to register, and <c>registry:read</c> to look up from another
    /// machine; none by default.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>What pauses are measured with; default the system's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long to wait after a failure before the registry is asked again; default 1 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);
}
