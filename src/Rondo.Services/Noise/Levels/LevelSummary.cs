namespace Rondo.Services.Noise.Levels;

/// <summary>
/// What is known of a stretch of time in a room; those of parts make that of the whole. The percentiles are of the
/// levels of single seconds.
/// </summary>
/// <threadsafety>Not safe; reading one that nobody changes any more is.</threadsafety>
internal sealed class LevelSummary
{
    public EnergySum Sum { get; private set; }

    public LevelHistogram Histogram { get; } = new();

    /// <summary>The loudest moment; null when nothing is known.</summary>
    public double? Lmax { get; private set; }

    public LevelFlags Flags { get; private set; }

    /// <summary>The most devices that were heard in one second.</summary>
    public int Devices { get; private set; }

    public bool IsEmpty => Sum.Seconds <= 0;

    /// <summary>The equivalent continuous level; null when nothing is known.</summary>
    public double? Leq => Sum.Leq;

    /// <summary>How much of <paramref name="length"/> is known, in percent.</summary>
    public double Coverage(TimeSpan length) =>
        length > TimeSpan.Zero ? Math.Min(100, 100 * Sum.Seconds / length.TotalSeconds) : 0;

    public void Add(LevelSecond second)
    {
        Flags |= second.Flags;
        if (second.Leq is not { } level)
        {
            return;
        }

        Sum += EnergySum.Of(level, second.Covered);
        Histogram.Add(level);
        Lmax = Max(Lmax, second.Lmax);
        Devices = Math.Max(Devices, second.Devices);
    }

    public void Add(LevelSummary other)
    {
        Sum += other.Sum;
        Histogram.Add(other.Histogram);
        Lmax = Max(Lmax, other.Lmax);
        Flags |= other.Flags;
        Devices = Math.Max(Devices, other.Devices);
    }

    /// <summary>One that was kept.</summary>
    public static LevelSummary Kept(
        EnergySum sum, LevelHistogram histogram, double? lmax, LevelFlags flags, int devices)
    {
        var summary = new LevelSummary { Sum = sum, Lmax = lmax, Flags = flags, Devices = devices };
        summary.Histogram.Add(histogram);
        return summary;
    }

    private static double? Max(double? one, double? other) =>
        one is { } a && other is { } b ? Math.Max(a, b) : one ?? other;
}
