using Rondo.Services.Hosting;

namespace Rondo.Services.Noise.Mqtt;

/// <summary>Section <c>Mqtt</c> of the configuration.</summary>
internal sealed class MqttOptions : ICheckedOptions
{
    public const string Section = "Mqtt";

    /// <summary>
    /// The setting with the password, beside the section: the environment variable <c>RONDO_MQTT_PASSWORD</c>.
    /// </summary>
    public const string PasswordName = "MQTT_PASSWORD";

    private const int PlainPort = 1883;
    private const int TlsPort = 8883;

    /// <summary>
    /// <c>mqtt://host:1883</c>, or <c>mqtts://host:8883</c> with TLS; without a port that one. None by default: nothing
    /// is published.
    /// </summary>
    public string? Broker { get; set; }

    /// <summary>The user's name. None by default.</summary>
    public string? User { get; set; }

    /// <summary>A file with the password, readable for its owner alone; read before each connection.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>
    /// A file with certificates in PEM that the broker's may be signed by, instead of those of the system.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>
    /// What the topics of levels begin with: <c>PREFIX/noise/ROOM</c>, and <c>PREFIX/status</c>. Default <c>rondo</c>;
    /// letters, digits, <c>-</c>, <c>_</c> and <c>/</c>, at most 100. Another one for each Rondo on a broker.
    /// </summary>
    public string Prefix { get; set; } = "rondo";

    /// <summary>
    /// What Home Assistant's discovery topics begin with. Default <c>homeassistant</c>; empty for no discovery.
    /// </summary>
    public string DiscoveryPrefix { get; set; } = "homeassistant";

    /// <summary>How often a room's level is published at most. Default and least 1 s, at most 1 hour.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The quality of service of levels: 0, sent once, or 1, acknowledged by the broker. Default 0; what is said once
    /// goes with 1.
    /// </summary>
    public int QualityOfService { get; set; }

    /// <summary>
    /// How long a connection may be silent. Default 30 s, 5 s to 1 hour; the broker counts Rondo as gone after one and
    /// a half times as long.
    /// </summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);

    public bool HasTls => Broker?.StartsWith("mqtts:", StringComparison.Ordinal) is true;

    /// <summary>Host and port; null when there is no broker.</summary>
    public (string Host, int Port)? Address =>
        Broker is null || !Uri.TryCreate(Broker, UriKind.Absolute, out var url) || url.Scheme is not ("mqtt" or "mqtts")
            || url.Host.Length == 0 || url.UserInfo.Length > 0 || url.PathAndQuery.Length > 1
            ? null
            : (url.IdnHost, url.Port > 0 ? url.Port : url.Scheme == "mqtt" ? PlainPort : TlsPort);

    public IEnumerable<string> Check()
    {
        // A password in it would be shown.
        if (Broker is not null && Address is null)
        {
            yield return "Broker is no address such as mqtt://broker.local:1883 or mqtts://broker.local; user and "
                + "password are settings of their own.";
        }

        foreach (var (name, prefix) in new[] { (nameof(Prefix), Prefix), (nameof(DiscoveryPrefix), DiscoveryPrefix) })
        {
            if (!IsTopic(prefix) && (name == nameof(Prefix) || prefix.Length > 0))
            {
                yield return $"{name} '{prefix}' has more than letters, digits, '-', '_' and single '/', or over 100 "
                    + "characters.";
            }
        }

        foreach (var (name, value, least, most) in new[]
        {
            (nameof(Interval), Interval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            (nameof(KeepAlive), KeepAlive, TimeSpan.FromSeconds(5), TimeSpan.FromHours(1)),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{name} {value} is not between {least} and {most}.";
            }
        }

        if (QualityOfService is not (0 or 1))
        {
            yield return $"QualityOfService is 0 or 1, not {QualityOfService}.";
        }

        if (User is { Length: 0 or > 1000 } || User?.Contains('\0') is true)
        {
            yield return "User is empty or too long.";
        }
    }

    private static bool IsTopic(string text) => text.Length is > 0 and <= 100 && text.Split('/')
        .All(level => level.Length > 0 && level.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
