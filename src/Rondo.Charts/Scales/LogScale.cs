namespace Rondo.Charts.Scales;

/// <summary>Equal steps for equal ratios; values above zero alone.</summary>
internal sealed class LogScale : IScale
{
    private const int MostDecades = 15;
    private const double Least = 1e-250;
    private const double Most = 1e250;

    private static readonly int[] Fine = [2, 3, 4, 5, 6, 7, 8, 9];

    private readonly double _low;
    private readonly double _range;

    /// <summary>
    /// A scale over what was measured; what is more than fifteen powers of ten below the highest is left out.
    /// </summary>
    public LogScale(double low, double high)
    {
        high = Math.Clamp(high, Least, Most);
        low = Math.Clamp(low, Math.Max(Least, high * Math.Pow(10, -MostDecades)), high);
        (Low, High) = high / low > 1 + 1e-9 ? (low, high) : (low / 2, high * 2);
        (_low, _range) = (Math.Log10(Low), Math.Log10(High) - Math.Log10(Low));
    }

    public double Low { get; }

    public double High { get; }

    public bool Holds(double value) => double.IsFinite(value) && value > 0;

    public double Place(double value) => (Math.Log10(value) - _low) / _range;

    public IReadOnlyList<Tick> Ticks(int count)
    {
        var (first, last) = ((int)Math.Floor(_low - 1e-9), (int)Math.Ceiling(_low + _range + 1e-9));
        var powers = Math.Floor(_low + _range + 1e-9) - Math.Ceiling(_low - 1e-9) + 1;
        var stride = Math.Max(1, (int)Math.Ceiling(powers / Math.Max(1, count)));

        // With few powers of ten their halves and fifths are named, too.
        int[] named = _range <= count / 2.5 ? [2, 5] : [];
        var ticks = new List<Tick>();
        for (var power = first; power <= last; power++)
        {
            var value = Math.Pow(10, power);
            Add(value, isMinor: power % stride != 0);
            foreach (var factor in stride > 1 ? [] : Fine)
            {
                Add(value * factor, isMinor: !named.Contains(factor));
            }
        }

        // A short range has few such values: every value with one digit then, or what a linear scale would name.
        return ticks.Count(t => !t.IsMinor) > 1 ? ticks
            : ticks.Count > 2 ? [.. ticks.Select(t => new Tick(t.Value))]
            : new LinearScale(Low, High).Ticks(count);

        void Add(double value, bool isMinor)
        {
            if (Place(value) is >= -1e-9 and <= 1 + 1e-9)
            {
                ticks.Add(new Tick(value, isMinor));
            }
        }
    }
}
