namespace Rondo.Services.Registry.Client;

/// <summary>What has happened in the registry.</summary>
public enum RegistryChangeKind
{
    /// <summary>
    /// Everything as it is now: at first, and when changes were missed that the registry does not keep.
    /// </summary>
    Reset,

    /// <summary>An instance takes calls now.</summary>
    Up,

    /// <summary>An instance takes no calls any more.</summary>
    Down,

    /// <summary>Something else about an instance.</summary>
    Changed,
}

/// <summary>One change, or the whole state.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Instances">The instance that has changed; with a reset, all of them in any state.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record RegistryChange(RegistryChangeKind Kind, IReadOnlyList<ServiceEndpoint> Instances);
