using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Rondo.Runtime.Executors;

namespace Rondo.Runtime.Tests;

public sealed class LoopMetricsTests
{
    [Fact]
    public void Turns_WhenListenedTo_AreMeasuredUnderTheLoopsName()
    {
        using var seen = new Listener("turns");
        Run("turns", loop => loop.CallSoon(() => loop.CallSoon(() => { })));

        Assert.Equal(3, seen.Of("rondo.loop.turn.duration").Count);
        Assert.Equal(3, seen.Of("rondo.loop.poll.duration").Count);
        Assert.All(seen.Of("rondo.loop.turn.duration"), s => Assert.InRange(s, 0, 60));
        Assert.Equal([2, 2, 1], seen.Of("rondo.loop.callbacks"));
    }

    [Fact]
    public void Gauges_WhileTheLoopRuns_ShowWhatIsReadyAndWhatHasNotEnded()
    {
        using var seen = new Listener("gauges");
        Run("gauges", loop =>
        {
            loop.CreateTask(async () => await Task.Yield());
            loop.CallSoon(() =>
            {
                loop.CallSoon(() => { });
                loop.CallSoon(() => { });
                seen.Observe();
            });
        });
        seen.Observe();

        // Ready are the two, the rest of the task, and what stops the loop.
        Assert.Equal([4], seen.Of("rondo.loop.ready"));
        Assert.Equal([1], seen.Of("rondo.loop.tasks"));
    }

    [Fact]
    public void Reports_AreCountedByKind()
    {
        using var seen = new Listener("reports");
        using var loop = new EventLoop(new LoopOptions
        {
            Name = "reports",
            Debug = true,
            SlowCallbackDuration = TimeSpan.Zero,
            ReportHandler = _ => { },
        });
        loop.CallSoon(loop.Stop);
        loop.RunForever();

        Assert.Equal([1], seen.Of("rondo.loop.reports", "SlowCallback"));
    }

    [Fact]
    public async Task Queueing_IsMeasuredUnderTheExecutorsName()
    {
        using var seen = new Listener("thumbnails");
        await using var executor = new ThreadExecutor(new ThreadExecutorOptions { Name = "thumbnails" });

        await executor.SubmitAsync(() => 1, TestContext.Current.CancellationToken);

        Assert.InRange(Assert.Single(seen.Of("rondo.executor.queue.duration")), 0, 60);
    }

    [Fact]
    public void Name_ByDefault_IsNumbered()
    {
        using var first = new EventLoop();
        using var second = new EventLoop();

        Assert.Matches(@"^loop-\d+$", first.Name);
        Assert.NotEqual(first.Name, second.Name);
    }

    private static void Run(string name, Action<EventLoop> prepare)
    {
        using var loop = new EventLoop(new LoopOptions { Name = name, Debug = false });
        prepare(loop);
        loop.CallSoon(() => loop.CallSoon(() => loop.CallSoon(loop.Stop)));
        loop.RunForever();
    }

    /// <summary>Other tests have loops too, so it looks at what bears one name.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Instrument, double Value, string[] Tags)> _seen = new();

        public Listener(string name)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == LoopMetrics.Name)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Take(i, value, tags));
            _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Take(i, value, tags));
            _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Take(i, value, tags));
            _listener.Start();

            void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
            {
                string[] texts = [.. tags.ToArray().Select(t => $"{t.Value}")];
                if (texts.Contains(name))
                {
                    _seen.Enqueue((instrument.Name, value, texts));
                }
            }
        }

        public void Observe() => _listener.RecordObservableInstruments();

        public List<double> Of(string instrument, string? tag = null) =>
        [
            .. from seen in _seen
               where seen.Instrument == instrument && (tag is null || seen.Tags.Contains(tag))
               select seen.Value,
        ];

        public void Dispose() => _listener.Dispose();
    }
}
