namespace Rondo.Services.Registry.Client;

/// <summary>An instance as the registry tells of it.</summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed record ServiceEndpoint
{
    /// <summary>The service.</summary>
    public required string Name { get; init; }

    /// <summary>The instance.</summary>
    public required string Id { get; init; }

    /// <summary>Where it is.</summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// <c>passing</c>, <c>warning</c>, <c>starting</c>, <c>critical</c>, <c>draining</c> or <c>expired</c>.
    /// </summary>
    public string State { get; init; } = "";

    /// <summary>Its zone, or empty.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Its share of the calls, 0 to 65,535.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The revision at which it became so.</summary>
    public long Index { get; init; }

    /// <summary>Why it is in its state, if anybody has said so.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether it is gone for good.</summary>
    public bool Removed { get; init; }

    /// <summary>Words to look for it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The paths that it asks a gateway for.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [];

    /// <summary>When it came.</summary>
    public DateTimeOffset Registered { get; init; }

    /// <summary>What it has told of itself.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = new Dictionary<string, string>();
}
