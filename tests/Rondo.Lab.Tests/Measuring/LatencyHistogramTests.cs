using Rondo.Lab.Measuring;

namespace Rondo.Lab.Tests.Measuring;

public sealed class LatencyHistogramTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Percentile_RandomValues_IsTheExactOneToThreeDigits()
    {
        var random = new Random(42);
        var values = Enumerable.Range(0, 65_536).Select(_ => (long)Math.Pow(2, random.NextDouble() * 36)).Order().ToArray();
        var histogram = Of(values);

        foreach (var quantile in (double[])[0, 0.001, 0.07, 0.5, 0.9, 0.99, 0.999, 0.99999, 1])
        {
            var exact = values[Math.Max(1, (int)Math.Ceiling((decimal)quantile * values.Length)) - 1];
            Assert.InRange(histogram.Percentile(quantile), exact, exact * 1.001);
        }
    }

    [Fact]
    public void Percentile_AnyQuantiles_NeverDecreasesNorExceedsTheMaximum()
    {
        var random = new Random(7);
        var histogram = Of([.. Enumerable.Range(0, 1000).Select(_ => random.NextInt64(70 * Second))]);

        var percentiles = Enumerable.Range(0, 1001).Select(i => histogram.Percentile(i / 1000.0)).ToArray();

        Assert.Equal(percentiles.Order(), percentiles);
        Assert.Equal(histogram.Max, percentiles[^1]);
        Assert.True(percentiles[0] >= histogram.Min);
    }

    [Theory]
    [InlineData(0.07, 100, 7)]
    [InlineData(0.5, 3, 2)]
    [InlineData(0.99, 100, 99)]
    [InlineData(0.991, 100, 100)]
    public void Percentile_Rank_IsTheCeilingOfQuantileTimesCount(double quantile, int count, long expected) =>
        Assert.Equal(expected, Of([.. Enumerable.Range(1, count).Select(i => (long)i)]).Percentile(quantile));

    [Fact]
    public void Record_BeyondTheSlots_KeepsTheMaximumExactly()
    {
        var histogram = Of([5, 100 * Second]);

        Assert.Equal((5, 100 * Second, 100 * Second), (histogram.Min, histogram.Max, histogram.Percentile(1)));
    }

    [Fact]
    public void Add_TwoHalves_IsTheWhole()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 10_000).Select(_ => random.NextInt64(Second)).ToArray();
        var merged = Of(values[..3000]);

        merged.Add(Of(values[3000..]));
        merged.Add(new LatencyHistogram());

        var whole = Of(values);
        Assert.Equal(whole.Slots.ToArray(), merged.Slots.ToArray());
        Assert.Equal((whole.Count, whole.Min, whole.Max, whole.Sum), (merged.Count, merged.Min, merged.Max, merged.Sum));
    }

    [Fact]
    public void Slots_EveryBoundary_HoldsItsValue()
    {
        for (var slot = 0; slot < LatencyHistogram.SlotCount; slot++)
        {
            Assert.Equal(slot, LatencyHistogram.SlotOf(LatencyHistogram.HighestOf(slot)));
            Assert.Equal(slot + 1, LatencyHistogram.SlotOf(LatencyHistogram.HighestOf(slot) + 1));
        }
    }

    [Fact]
    public void WithMissing_OneStall_CountsTheRequestsThatWereNotSent()
    {
        var histogram = Of([.. Enumerable.Repeat(1_000_000L, 1000), Second]);

        var corrected = histogram.WithMissing(1_000_000);

        Assert.InRange(corrected.Count, 1990, 2000);
        Assert.InRange(corrected.Percentile(0.9), 0.78 * Second, 0.82 * Second);
        Assert.Equal(1001, histogram.Count);
    }

    [Fact]
    public void Empty_Asked_IsZero()
    {
        var empty = new LatencyHistogram();

        Assert.Equal((0, 0, 0.0, 0.0), (empty.Min, empty.Percentile(0.99), empty.Mean, empty.Deviation()));
    }

    [Fact]
    public void Clear_ThenRecord_KnowsOnlyTheNew()
    {
        var histogram = Of([1, Second]);
        histogram.Clear();
        histogram.Record(10);

        Assert.Equal((1, 10, 10, 10), (histogram.Count, histogram.Min, histogram.Max, histogram.Percentile(1)));
    }

    private static LatencyHistogram Of(params long[] values)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in values)
        {
            histogram.Record(value);
        }

        return histogram;
    }
}
