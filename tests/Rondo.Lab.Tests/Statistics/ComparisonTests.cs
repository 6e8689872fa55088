using Rondo.Lab.Statistics;

namespace Rondo.Lab.Tests.Statistics;

public sealed class ComparisonTests
{
    [Theory]
    [InlineData(3, 0.10)]
    [InlineData(4, 0.0286)]
    [InlineData(5, 0.0079)]
    [InlineData(6, 0.0022)]
    public void RankSum_AllOfOneAboveTheOther_GivesTheSmallestP(int rounds, double p) => Assert.Equal(
        p, RankTest.RankSum(Values(rounds, i => i), Values(rounds, i => 100 + i)), 5e-5);

    [Theory]
    [InlineData(5, 0.0625)]
    [InlineData(6, 0.03125)]
    public void SignedRank_AllOneWay_GivesTheSmallestP(int rounds, double p) => Assert.Equal(
        p, RankTest.SignedRank(Values(rounds, i => i + 1)), 1e-12);

    [Fact]
    public void Ranks_NoDifference_IsNoEvidence()
    {
        Assert.Equal(1, RankTest.SignedRank([0, 0, 0]));
        Assert.Equal(1, RankTest.SignedRank([1, -1, 2, -2]));
        Assert.Equal(1, RankTest.RankSum([1, 1, 1], [1, 1, 1]));
        Assert.Equal(1, RankTest.RankSum([], [1]));
    }

    /// <summary>Lehmann's tables: a sum of ranks of 2 at n = 6 is 3 of the 64 cases on each side.</summary>
    [Fact]
    public void SignedRank_OneSmallDissent_CountsTheCases() =>
        Assert.Equal(6.0 / 64, RankTest.SignedRank([1, -2, 3, 4, 5, 6]), 1e-12);

    [Theory]
    [InlineData(5, 0.9375, 1, 5)]
    [InlineData(6, 0.96875, 1, 6)]
    [InlineData(9, 0.9609375, 2, 8)]
    [InlineData(1, 0, 1, 1)]
    public void Median_OfRounds_HasTheIntervalOfItsRanks(int rounds, double coverage, double low, double high)
    {
        var median = Estimate.MedianOf(Values(rounds, i => i + 1).Reverse(), out var actual);

        Assert.Equal(coverage, actual, 1e-12);
        Assert.Equal(((rounds + 1) / 2.0, low, high), (median.Value, median.Low, median.High));
    }

    [Theory]
    [InlineData(1000, 0.9838, 0.9962)]
    [InlineData(10_000, 0.9880, 0.9920)]
    public void Quantile_OfASample_CoversTheKnownRange(long count, double low, double high)
    {
        var (actualLow, actualHigh) = Estimate.QuantileOf(0.99, count);

        Assert.Equal(low, actualLow, 5e-5);
        Assert.Equal(high, actualHigh, 5e-5);
    }

    [Fact]
    public void Ratio_OneBadRound_MovesItLittle()
    {
        double[] below = [100, 101, 99, 100, 102, 98];
        double[] above = [110, 111.1, 108.9, 110, 112.2, 9.8];

        var ratio = PairedRatio.Of(above, below, 42);

        Assert.Equal(1.1, ratio.Value, 1e-9);
        Assert.True(ratio.Low < 1.1);
        Assert.Equal(ratio, PairedRatio.Of(above, below, 42));
    }

    [Fact]
    public void Ratio_WhatVariesForBoth_DoesNotWidenTheInterval()
    {
        double[] below = [100, 200, 50, 150, 80, 300];

        var ratio = PairedRatio.Of([.. below.Select(b => 0.5 * b)], below, 1);

        Assert.Equal((0.5, 0.5, 0.5), (Math.Round(ratio.Value, 9), Math.Round(ratio.Low, 9), Math.Round(ratio.High, 9)));
    }

    [Fact]
    public void Cut_ARamp_EndsWithTheRamp()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            var series = Values(300, i => (1000 * (1 - Math.Exp(-i / 15.0))) + (150 * (random.NextDouble() - 0.5)));

            Assert.InRange(SteadyState.CutOf(series), 30, 100);
        }
    }

    [Fact]
    public void Cut_NothingChanges_LeavesTheSeriesWhole()
    {
        var cuts = Enumerable.Range(0, 20).Select(seed =>
        {
            var random = new Random(seed);
            return SteadyState.CutOf(Values(300, _ => random.NextDouble()));
        });

        Assert.InRange(cuts.Order().ElementAt(10), 0, 25);
        Assert.Equal(0, SteadyState.CutOf(Values(20, _ => 5)));
        Assert.Equal(0, SteadyState.CutOf([]));
    }

    [Theory]
    [InlineData(2, new long[] { 0, 1, 5, 9, 5, 1, 0 })]
    [InlineData(4, new long[] { 9, 0, 0, 9 })]
    [InlineData(0, new long[0])]
    public void Peaks_AreCountedByUpsAndDowns(double expected, long[] counts) =>
        Assert.Equal(expected, SteadyState.PeaksOf(counts), 1e-12);

    private static double[] Values(int count, Func<int, double> of) => [.. Enumerable.Range(0, count).Select(of)];
}
