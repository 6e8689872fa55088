using System.Text.Json.Serialization;

namespace Rondo.Services.Registry.Client;

/// <summary>What an instance says about itself when it registers.</summary>
/// <param name="Name">The service: 1 to 63 characters of a-z, 0-9 and '-'.</param>
/// <param name="Id">The instance: 1 to 128 characters of a-z, A-Z, 0-9, '.', '_', '~', ':' and '-'.</param>
/// <param name="Url">Where it is; http or https.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record ServiceRegistration(
    [property: JsonIgnore] string Name, [property: JsonIgnore] string Id, Uri Url)
{
    /// <summary>
    /// How long it counts without a heartbeat: 5 s to 24 h, default 30 s. The client renews at a third.
    /// </summary>
    [JsonIgnore]
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where it is, for who prefers what is near; default nowhere.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Its share of the calls, 0 to 65,535; default 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Words to look for it by, at most 64; default none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What others may want to know, at most 64 pairs; default nothing.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = new Dictionary<string, string>();

    /// <summary>Paths that a gateway sends to it, such as <c>/printer/**</c>; default none.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [];

    /// <summary>The path that the registry itself looks at, by HTTP; null for no such check, the default.</summary>
    [JsonIgnore]
    public string? CheckPath { get; init; }

    [JsonInclude]
    [JsonPropertyName("ttl")]
    internal string TtlText => (long)Ttl.TotalMilliseconds + "ms";

    [JsonInclude]
    internal object? Check => CheckPath is null ? null : new { type = "http", path = CheckPath };
}
