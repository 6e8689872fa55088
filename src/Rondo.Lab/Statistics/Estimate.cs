namespace Rondo.Lab.Statistics;

/// <summary>A figure and its interval.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low">The lower end; infinite if there is none.</param>
/// <param name="High">The upper end; infinite if there is none.</param>
internal sealed record Estimate(double Value, double Low, double High)
{
    private const double Tail = 0.025;

    /// <summary>The 95 % interval from what repetitions with other chances gave (percentile bootstrap).</summary>
    public static Estimate FromReplicas(double value, IReadOnlyList<double> replicas)
    {
        if (replicas.Count == 0)
        {
            return new Estimate(value, double.NegativeInfinity, double.PositiveInfinity);
        }

        var sorted = replicas.Order().ToList();
        return new Estimate(
            value,
            Math.Min(value, sorted[(int)(Tail * (sorted.Count - 1))]),
            Math.Max(value, sorted[(int)Math.Ceiling((1 - Tail) * (sorted.Count - 1))]));
    }

    /// <summary>
    /// The median of a few independent values, and the narrowest pair of them that holds the true median with 95 %;
    /// of fewer than six values no pair does, and the outermost are given.
    /// </summary>
    /// <param name="values">At least one.</param>
    /// <param name="coverage">How probable it is that the interval holds it.</param>
    public static Estimate MedianOf(IEnumerable<double> values, out double coverage)
    {
        var sorted = values.Order().ToList();
        var cut = 0;
        while (2 * (cut + 1) < sorted.Count && CoverageOf(sorted.Count, cut + 1) >= 1 - (2 * Tail))
        {
            cut++;
        }

        coverage = CoverageOf(sorted.Count, cut);
        return new Estimate(MiddleOf(sorted), sorted[cut], sorted[^(cut + 1)]);
    }

    /// <summary>The middle value, or the mean of the two in the middle, of sorted values.</summary>
    public static double MiddleOf(IReadOnlyList<double> sorted) =>
        (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;

    /// <summary>
    /// How probable it is that the true median lies between the values of rank <paramref name="cut"/> from below and
    /// from above, 0 being the outermost: each value is above it by the throw of a coin.
    /// </summary>
    public static double CoverageOf(int count, int cut)
    {
        var (outside, ways) = (0.0, 1.0);
        for (var k = 0; k <= cut; k++)
        {
            outside += ways;
            ways = ways * (count - k) / (k + 1);
        }

        return Math.Max(0, 1 - (2 * outside / Math.Pow(2, count)));
    }

    /// <summary>Between which quantiles the quantile of a sample lies, with 95 %, by its rank alone.</summary>
    /// <param name="quantile">0 to 1.</param>
    /// <param name="count">How many samples.</param>
    public static (double Low, double High) QuantileOf(double quantile, long count)
    {
        const double Normal = 1.959964;
        var distance = Normal * Math.Sqrt(quantile * (1 - quantile) / Math.Max(1, count));
        return (Math.Max(0, quantile - distance), Math.Min(1, quantile + distance));
    }
}
