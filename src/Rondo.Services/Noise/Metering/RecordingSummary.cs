using Rondo.Services.Noise.Levels;

namespace Rondo.Services.Noise.Metering;

/// <summary>What readings say together. A muted microphone heard nothing: its time has no level.</summary>
internal sealed class RecordingSummary(double offset)
{
    /// <summary>Fewer seconds than this make a rough percentile.</summary>
    public const int EnoughSeconds = 100;

    private readonly LevelHistogram _seconds = new();
    private readonly Dictionary<LevelFlags, double> _flagged = [];
    private EnergySum _sum;

    /// <summary>What was added to levels below full scale, in dB.</summary>
    public double Offset => offset;

    /// <summary>Seconds, with and without a level.</summary>
    public double Duration { get; private set; }

    /// <summary>How many whole seconds the percentiles are of.</summary>
    public long Seconds => _seconds.Count;

    public double? LAeq => Round(_sum.Leq);

    public double? LAMax { get; private set; }

    public double? LCPeak { get; private set; }

    public LevelFlags Flags { get; private set; }

    /// <summary>The level that was exceeded for so many percent of the time, of the LAeq of whole seconds.</summary>
    public double? Exceeded(int percent) => _seconds.Exceeded(percent);

    /// <summary>For how many seconds something has to be said.</summary>
    public double Flagged(LevelFlags flag) => _flagged.GetValueOrDefault(flag);

    public void Add(MeterReading reading)
    {
        Duration += reading.Duration;
        Flags |= reading.Flags;
        foreach (var flag in Enum.GetValues<LevelFlags>().Where(f => f != 0 && reading.Flags.HasFlag(f)))
        {
            _flagged[flag] = Flagged(flag) + reading.Duration;
        }

        var levels = CalibratedLevels.Of(reading, offset);
        if (levels.LAeq is null)
        {
            return;
        }

        var level = Math.Max(reading.LAeq + offset, LevelHistogram.Lowest);
        _sum += EnergySum.Of(level, reading.Duration);
        LAMax = Math.Max(LAMax ?? double.MinValue, levels.LAMax!.Value);
        LCPeak = Math.Max(LCPeak ?? double.MinValue, levels.LCPeak!.Value);
        if (reading.Duration >= 1)
        {
            _seconds.Add(level);
        }
    }

    private static double? Round(double? level) => level is { } known ? Math.Round(known, 1) : null;
}
