using Rondo.Lab.Load;
using Rondo.Lab.Load.Search;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Tests.Load;

public sealed class SloTests
{
    [Theory]
    [InlineData("p99<200ms", 0.99, 0.2)]
    [InlineData("p99.9 < 1.5s", 0.999, 1.5)]
    [InlineData("p50<750us", 0.5, 0.00075)]
    public void Parse_Text_IsReadAsMeant(string text, double quantile, double seconds)
    {
        var slo = Slo.Parse(text);

        Assert.Equal(quantile, slo.Quantile, 9);
        Assert.Equal(seconds, slo.LimitSeconds, 9);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(5, true)]
    [InlineData(20, false)]
    public void IsMet_FailedRequests_CountAsTooSlow(int failed, bool expected) =>
        Assert.Equal(expected, Slo.Parse("p99<2ms").IsMet(Result(1000, 1_000_000, failed)));

    [Fact]
    public void IsMet_NothingCompleted_IsFalse() => Assert.False(Slo.Parse("p99<2s").IsMet(Result(0, 0, 10)));

    [Theory]
    [InlineData(50, 1000)]
    [InlineData(37, 1000)]
    [InlineData(1, 1000)]
    public async Task Search_LimitOfTheTarget_IsFoundToThreePercent(int knee, double perConnection)
    {
        var search = new CapacitySearch(
            Slo.Parse("p99<10ms"),
            4096,
            n => Task.FromResult(Result((int)(n * perConnection), n <= knee ? 1_000_000 : 20_000_000, 0)),
            _ => { });

        var capacity = await search.RunAsync();

        Assert.InRange(capacity.Connections, (int)(knee * 0.96), knee);
        Assert.True(capacity.IsConfirmed);
        Assert.False(capacity.IsSaturated);
    }

    [Fact]
    public async Task Search_ThroughputGrowsNoMore_StopsAndSaysSo()
    {
        var search = new CapacitySearch(
            Slo.Parse("p99<10s"), 4096, n => Task.FromResult(Result(Math.Min(n, 8) * 1000, 1_000_000, 0)), _ => { });

        var capacity = await search.RunAsync();

        Assert.Equal((8, true), (capacity.Connections, capacity.IsSaturated));
        Assert.Contains("grows no further", CapacitySearch.Describe(capacity, Slo.Parse("p99<10s")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_EverythingAllowedHolds_TriesTheMostAndSaysThatThereMayBeMore()
    {
        var slo = Slo.Parse("p99<10s");
        var tried = new List<int>();
        var search = new CapacitySearch(
            slo, 100, n => Task.FromResult(Result(n * 1000, 1_000_000, 0)), s => tried.Add(s.Connections));

        var capacity = await search.RunAsync();

        Assert.Equal((100, true, 100), (capacity.Connections, capacity.IsAtMost, tried.Max()));
        Assert.Contains("there may be more", CapacitySearch.Describe(capacity, slo), StringComparison.Ordinal);
    }

    [Fact]
    public void Value_WithFailures_IsOfTheRankAmongAll()
    {
        var latency = new LatencyHistogram();
        for (var value = 1; value <= 970; value++)
        {
            latency.Record(value);
        }

        for (var failed = 0; failed <= 30; failed++)
        {
            var all = 970 + failed;
            var result = Result(0, 1, failed) with { Latency = HistogramData.Of(latency) };

            Assert.Equal(Math.Ceiling(all * 9 / 10m) / 1_000_000_000m, (decimal)Slo.Parse("p90<1s").Value(result));
        }
    }

    [Fact]
    public async Task Search_NeverMet_NamesNoLoad()
    {
        var slo = Slo.Parse("p99<1us");
        var search = new CapacitySearch(slo, 64, _ => Task.FromResult(Result(100, 1_000_000, 0)), _ => { });

        var capacity = await search.RunAsync();

        Assert.Equal((0, 1), (capacity.Connections, capacity.Steps.Count));
        Assert.Equal("no load meets p99<1us", CapacitySearch.Describe(capacity, slo));
    }

    private static LoadResult Result(int completed, long nanoseconds, int failed)
    {
        var latency = new LatencyHistogram();
        latency.Record(nanoseconds, completed);
        var none = HistogramData.Of(new LatencyHistogram());
        return new LoadResult
        {
            Counts = new LoadCounts { Completed = completed, Timeouts = failed },
            Latency = HistogramData.Of(latency),
            ConnectTime = none,
            FirstByte = none,
            ServiceTime = none,
            Lateness = none,
            Seconds = [],
            Rates = [],
            ElapsedSeconds = 1,
        };
    }
}
