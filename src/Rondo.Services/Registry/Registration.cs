using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rondo.Services.Registry;

/// <summary>What an instance says about itself when it registers. Immutable.</summary>
internal sealed record Registration
{
    public static readonly TimeSpan DefaultTtl = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan ShortestTtl = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan LongestTtl = TimeSpan.FromHours(24);

    public const int MostMeta = 64;
    public const int LongestMetaKey = 64;
    public const int LongestMetaValue = 512;
    public const int MostTags = 64;
    public const int LongestTag = 64;
    public const int MostRoutes = 32;
    public const int LongestRoute = 256;
    public const int LongestZone = 64;
    public const int LargestWeight = 65_535;

    /// <summary>Where it is: scheme, host, port, perhaps a path.</summary>
    public required string Url { get; init; }

    /// <summary>How long it counts without a sign of life. Default 30 s.</summary>
    public TimeSpan Ttl { get; init; } = DefaultTtl;

    public string Zone { get; init; } = "";

    /// <summary>Its share of the calls; 0 takes none by itself. Default 1.</summary>
    public int Weight { get; init; } = 1;

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, string> Meta { get; init; } = new Dictionary<string, string>();

    public CheckPlan? Check { get; init; }

    /// <summary>Paths that a gateway sends to it.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [];

    /// <summary>How it is until it says otherwise.</summary>
    public InstanceState First { get; init; } = InstanceState.Passing;

    /// <summary>Whether a check that passes is a sign of life; for clients that send none.</summary>
    public bool IsKeptByCheck { get; init; }

    /// <summary>Set for one that came by Consul's routes.</summary>
    public ConsulOrigin? Consul { get; init; }

    /// <summary>How instances are kept and told.</summary>
    [JsonIgnore]
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,

        // What is kept is never read as HTML; the default would make six bytes of some characters.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Whether another says the same.</summary>
    public bool IsSame(Registration other) =>
        JsonSerializer.SerializeToUtf8Bytes(this, Json).AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, Json));
}

/// <summary>What only Consul's answers show.</summary>
/// <param name="Check"><c>ttl</c>, <c>http</c>, <c>tcp</c>, or empty for none.</param>
/// <param name="CheckId">What the check is reported by.</param>
/// <param name="CheckName">What the check is called.</param>
/// <param name="From">The address that it was registered from: there its client needs no token later on.</param>
internal sealed record ConsulOrigin(string Check, string CheckId, string CheckName, string From);
