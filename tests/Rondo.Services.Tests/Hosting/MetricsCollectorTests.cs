using System.Diagnostics.Metrics;
using Rondo.Services.Hosting;

namespace Rondo.Services.Tests.Hosting;

public sealed class MetricsCollectorTests
{
    private const int Limit = 500;

    [Fact]
    public void Series_TwoThousandValuesOfATag_AreBoundedAndNothingIsLost()
    {
        using var meter = new Meter("Rondo.Test.Bound");
        using var collector = new MetricsCollector();
        var counter = meter.CreateCounter<long>("rondo.bound");
        for (var i = 0; i < 2000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("sent", i));
        }

        var series = collector.Collect().Single(i => i.Instrument.Meter == meter).Series.ToList();

        Assert.InRange(series.Count, 1, Limit + 1);
        Assert.Equal(2000, series.Sum(s => s.Value.Sum));
        Assert.Equal(2000 - Limit, series.Single(s => s.Key is [{ Key: "overflow" }]).Value.Sum);
    }

    [Fact]
    public void Record_KnownSeries_AllocatesNothing()
    {
        using var meter = new Meter("Rondo.Test.Allocation");
        using var collector = new MetricsCollector();
        var counter = meter.CreateCounter<long>("rondo.allocation");
        var tag = new KeyValuePair<string, object?>("route", "/a");
        counter.Add(1, tag);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            counter.Add(1, tag);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Collect_Kinds_AddOrReplace()
    {
        using var meter = new Meter("Rondo.Test.Kinds");
        using var collector = new MetricsCollector();
        meter.CreateUpDownCounter<int>("rondo.up").Add(-2);
        meter.CreateGauge<double>("rondo.gauge").Record(7);
        meter.CreateObservableCounter("rondo.seen", () => 5L);
        collector.Collect();
        var found = collector.Collect().Where(i => i.Instrument.Meter == meter)
            .ToDictionary(i => i.Instrument.Name, i => (i.Kind, i.Series.Single().Value.Sum));

        Assert.Equal((MetricsCollector.Kind.Gauge, -2), found["rondo.up"]);
        Assert.Equal((MetricsCollector.Kind.Gauge, 7), found["rondo.gauge"]);
        Assert.Equal((MetricsCollector.Kind.Counter, 5), found["rondo.seen"]);
    }

    [Fact]
    public void Instruments_OfADisposedMeter_AreGone()
    {
        using var collector = new MetricsCollector();
        var meter = new Meter("Rondo.Test.Gone");
        meter.CreateCounter<long>("rondo.gone").Add(1);
        meter.Dispose();

        Assert.DoesNotContain(collector.Collect(), i => i.Instrument.Name == "rondo.gone");
    }

    [Fact]
    public void Collect_AnInstrumentThatThrows_LeavesTheOthersReadable()
    {
        using var collector = new MetricsCollector();
        using var meter = new Meter("Rondo.Test.Throwing");
        meter.CreateObservableGauge("rondo.test.throwing", int () => throw new InvalidOperationException("broken"));
        meter.CreateObservableGauge("rondo.test.steady", () => 7);

        var steady = collector.Collect().Single(i => i.Instrument.Name == "rondo.test.steady");

        Assert.Equal(7, steady.Series.Single().Value.Sum);
    }
}
