using Rondo.Services.Hosting;

namespace Rondo.Services.Chat;

/// <summary>Section <c>Chat</c> of the configuration.</summary>
internal sealed class ChatOptions : ICheckedOptions
{
    public const string Section = "Chat";

    /// <summary>Origins whose pages may chat besides this server's own, such as <c>https://example.org</c>.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>Messages a second that one person may send in a room over time. Default 5, 0.1 to 100,000.</summary>
    public double MessagesPerSecond { get; set; } = 5;

    /// <summary>Messages that one person may send at once. Default 10, 1 to 100,000.</summary>
    public int Burst { get; set; } = 10;

    /// <summary>WebSockets at a time. Default 5,000, 1 to 1,000,000.</summary>
    public int Connections { get; set; } = 5000;

    /// <summary>Rooms that one WebSocket may be in. Default 100, 1 to 1,000.</summary>
    public int RoomsPerConnection { get; set; } = 100;

    /// <summary>Rooms. Default 10,000, 1 to 100,000.</summary>
    public int Rooms { get; set; } = 10_000;

    /// <summary>Events that a room keeps. Default 10,000, 100 to 10,000,000.</summary>
    public int KeepEvents { get; set; } = 10_000;

    /// <summary>How long a room keeps an event. Default 90 days, from an hour on.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long a message can be edited by who wrote it. Default 15 minutes.</summary>
    public TimeSpan EditTime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Words that a message is refused for. None by default.</summary>
    public string[] FilteredWords { get; set; } = [];

    /// <summary>Whether webhooks may call addresses of private networks and of this machine. Default no.</summary>
    public bool PrivateWebhooks { get; set; }

    public IEnumerable<string> Check()
    {
        foreach (var origin in AllowedOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                || uri.Scheme is not ("http" or "https") || uri.GetLeftPart(UriPartial.Authority) != origin)
            {
                yield return $"AllowedOrigins: '{origin}' is no origin such as https://example.org.";
            }
        }

        if (Outside(nameof(MessagesPerSecond), MessagesPerSecond, 0.1, 100_000) is { } rate)
        {
            yield return rate;
        }

        foreach (var (name, value, least, most) in new[]
        {
            (nameof(Burst), Burst, 1, 100_000),
            (nameof(Connections), Connections, 1, 1_000_000),
            (nameof(RoomsPerConnection), RoomsPerConnection, 1, 1000),
            (nameof(Rooms), Rooms, 1, 100_000),
            (nameof(KeepEvents), KeepEvents, 100, 10_000_000),
        })
        {
            if (Outside(name, value, least, most) is { } mistake)
            {
                yield return mistake;
            }
        }

        if (KeepFor < TimeSpan.FromHours(1))
        {
            yield return $"KeepFor {KeepFor} is shorter than 01:00:00.";
        }

        if (EditTime < TimeSpan.Zero)
        {
            yield return $"EditTime {EditTime} is negative.";
        }
    }

    private static string? Outside(string name, double value, double least, double most) =>
        value >= least && value <= most ? null
            : FormattableString.Invariant($"{name} {value} is not between {least} and {most}.");
}
