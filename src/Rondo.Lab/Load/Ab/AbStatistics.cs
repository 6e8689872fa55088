namespace Rondo.Lab.Load.Ab;

/// <summary>What ab says about one of its four times, in milliseconds; the rank of a percentile is ceil(q n).</summary>
internal sealed class AbStatistics
{
    private const double Millisecond = 1e6;

    private readonly long[] _sorted;

    public AbStatistics(IEnumerable<long> nanoseconds)
    {
        _sorted = [.. nanoseconds.Order()];
        Mean = _sorted.Length == 0 ? 0 : _sorted.Average() / Millisecond;
        Deviation = _sorted.Length < 2
            ? 0
            : Math.Sqrt(_sorted.Sum(v => Math.Pow((v / Millisecond) - Mean, 2)) / (_sorted.Length - 1));
    }

    public double Min => _sorted.Length == 0 ? 0 : _sorted[0] / Millisecond;

    public double Mean { get; }

    public double Deviation { get; }

    public double Median => At(50);

    public double Max => At(100);

    /// <summary>What so many percent of the requests did not exceed.</summary>
    public double At(int percent)
    {
        var rank = (((long)percent * _sorted.Length) + 99) / 100;
        return _sorted.Length == 0 ? 0 : _sorted[Math.Max(rank, 1) - 1] / Millisecond;
    }

    /// <summary>ab prints whole milliseconds.</summary>
    public static long Whole(double milliseconds) => (long)Math.Floor(milliseconds + 0.5);
}
