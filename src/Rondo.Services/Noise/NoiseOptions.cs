using Rondo.Services.Hosting;

namespace Rondo.Services.Noise;

/// <summary>Section <c>Noise</c> of the configuration.</summary>
internal sealed class NoiseOptions : ICheckedOptions
{
    public const string Section = "Noise";

    /// <summary>Origins whose pages may publish besides this server's own.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>Rooms. Default 200, 1 to 1,000.</summary>
    public int Rooms { get; set; } = 200;

    /// <summary>Devices of one room. Default 20, 1 to 100.</summary>
    public int DevicesPerRoom { get; set; } = 20;

    /// <summary>WebSockets of devices at a time. Default 500, 1 to 100,000.</summary>
    public int Connections { get; set; } = 500;

    /// <summary>Those who watch the live levels at a time. Default 1,000, 1 to 100,000.</summary>
    public int Viewers { get; set; } = 1000;

    /// <summary>Frames a second that one device may send over time. Default 10, 1 to 50.</summary>
    public int FramesPerSecond { get; set; } = 10;

    /// <summary>
    /// How old a frame may be when it arrives: a device that was cut off sends what it has kept. Default 15 minutes, 10
    /// minutes to 1 hour.
    /// </summary>
    public TimeSpan Late { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long single frames are kept. Default 4 hours, from twice <see cref="Late"/> to 7 days.</summary>
    public TimeSpan KeepFrames { get; set; } = TimeSpan.FromHours(4);

    /// <summary>How long the levels of each minute are kept. Default 90 days, from a day on.</summary>
    public TimeSpan KeepMinutes { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How far a room must be below its limit to be quiet again. Default 3 dB, 0 to 20.
    /// </summary>
    public double Hysteresis { get; set; } = 3;

    /// <summary>Whether webhooks may call addresses of private networks and of this machine. Default no.</summary>
    public bool PrivateWebhooks { get; set; }

    /// <summary>
    /// What devices of a model add to dB of full scale, by a name of one's own, 40 to 200 dB: one of them was
    /// calibrated, the others take its value. None by default.
    /// </summary>
    public Dictionary<string, double> Presets { get; set; } = [];

    /// <summary>The time zone of the rooms' hours, such as <c>Europe/Berlin</c>. Default this machine's.</summary>
    public string? TimeZone { get; set; }

    public IEnumerable<string> Check()
    {
        foreach (var (name, value, least, most) in new[]
        {
            (nameof(Rooms), Rooms, 1, 1000),
            (nameof(DevicesPerRoom), DevicesPerRoom, 1, 100),
            (nameof(Connections), Connections, 1, 100_000),
            (nameof(Viewers), Viewers, 1, 100_000),
            (nameof(FramesPerSecond), FramesPerSecond, 1, 50),
        })
        {
            if (value < least || value > most)
            {
                yield return FormattableString.Invariant($"{name} {value} is not between {least} and {most}.");
            }
        }

        foreach (var (name, value, least, most) in new[]
        {
            (nameof(Late), Late, TimeSpan.FromMinutes(10), TimeSpan.FromHours(1)),
            (nameof(KeepFrames), KeepFrames, Late * 2, TimeSpan.FromDays(7)),
            (nameof(KeepMinutes), KeepMinutes, TimeSpan.FromDays(1), TimeSpan.FromDays(3650)),
        })
        {
            if (value < least || value > most)
            {
                yield return $"{name} {value} is not between {least} and {most}.";
            }
        }

        if (Hysteresis is not (>= 0 and <= 20))
        {
            yield return FormattableString.Invariant($"Hysteresis {Hysteresis} is not between 0 and 20.");
        }

        foreach (var (name, offset) in Presets)
        {
            if (offset is not (>= 40 and <= 200))
            {
                yield return FormattableString.Invariant($"Presets: {name} {offset} is not between 40 and 200.");
            }
        }

        if (TimeZone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            yield return $"TimeZone '{TimeZone}' is unknown on this machine.";
        }
    }

    /// <summary>The zone of the rooms' hours.</summary>
    public TimeZoneInfo Zone() =>
        TimeZone is { } id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : TimeZoneInfo.Local;
}
