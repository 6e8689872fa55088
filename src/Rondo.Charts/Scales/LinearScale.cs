namespace Rondo.Charts.Scales;

/// <summary>Equal steps for equal differences.</summary>
internal sealed class LinearScale : IScale
{
    // Beyond it, differences overflow.
    private const double Most = 1e300;

    /// <summary>A scale over what was measured; one value alone gets room on both sides.</summary>
    public LinearScale(double low, double high)
    {
        (low, high) = (Math.Clamp(Math.Min(low, high), -Most, Most), Math.Clamp(Math.Max(low, high), -Most, Most));
        var room = high - low > Math.Abs(high) * 1e-12 ? 0 : Math.Max(Math.Abs(high) / 2, 0.5);
        (Low, High) = (low - room, high + room);
    }

    public double Low { get; }

    public double High { get; }

    /// <summary>The scale that ends on round values.</summary>
    public static LinearScale Nice(double low, double high, int count)
    {
        var tight = new LinearScale(low, high);
        var step = Step(tight.High - tight.Low, count);
        return new LinearScale(Math.Floor(tight.Low / step) * step, Math.Ceiling(tight.High / step) * step);
    }

    public bool Holds(double value) => double.IsFinite(value);

    public double Place(double value) => (value - Low) / (High - Low);

    public IReadOnlyList<Tick> Ticks(int count)
    {
        var step = Step(High - Low, count);
        var first = Math.Ceiling(Low / step - 1e-9);
        var last = Math.Floor(High / step + 1e-9);
        var steps = (int)Math.Clamp(last - first + 1, 0, 1000);
        return [.. Enumerable.Range(0, steps).Select(i => new Tick((first + i) * step))];
    }

    // 1, 2 or 5 times a power of ten: people read those.
    private static double Step(double range, int count)
    {
        var rough = range / Math.Max(1, count);
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
    }
}
