namespace Rondo.Charts.Scales;

/// <summary>
/// Shares of requests from 0 to below 1, with equal steps for equal ratios of 1/(1-p): every further nine has the same
/// room (HdrHistogram's plots).
/// </summary>
internal sealed class PercentileScale : IScale
{
    // The share at 0 has no logarithm of its own kind: it stands where 1/(1-p) is 1.
    private static readonly double[] Named = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999];

    /// <summary>A scale from 0 to the largest share that is drawn, 0.9 at least.</summary>
    public PercentileScale(double high) => High = Math.Clamp(high, 0.9, 0.999999);

    public double Low => 0;

    public double High { get; }

    public bool Holds(double value) => value is >= 0 and < 1;

    public double Place(double value) => Math.Log10(1 - value) / Math.Log10(1 - High);

    public IReadOnlyList<Tick> Ticks(int count) =>
        [.. Named.Where(n => n <= High + 1e-12).Select(n => new Tick(n))];
}
