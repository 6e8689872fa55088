using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Rondo.Runtime;

/// <summary>
/// The meter <c>Rondo.Runtime</c>. Nothing is measured while nobody listens; when somebody does, a turn pays, a
/// callback does not. Times are real ones, whatever the loop's clock is.
/// </summary>
internal static class LoopMetrics
{
    /// <summary>The name of the meter, and of the source of activities.</summary>
    public const string Name = "Rondo.Runtime";

    /// <summary>The tag that names the loop.</summary>
    public const string LoopTag = "rondo.loop.name";

    private static readonly Meter s_meter = new(Name);

    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries =
            [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    };

    private static readonly Histogram<double> s_turns = s_meter.CreateHistogram(
        "rondo.loop.turn.duration", "s", "How long the callbacks of a turn took: what came meanwhile had to wait.",
        advice: s_seconds);

    private static readonly Histogram<double> s_polls = s_meter.CreateHistogram(
        "rondo.loop.poll.duration", "s", "How long a turn waited in the poller.", advice: s_seconds);

    private static readonly Counter<long> s_callbacks = s_meter.CreateCounter<long>(
        "rondo.loop.callbacks", "{callback}", "Callbacks taken from the ready queue.");

    private static readonly Counter<long> s_reports = s_meter.CreateCounter<long>(
        "rondo.loop.reports", "{report}", "What the debug mode has found, by kind.");

    private static readonly Histogram<double> s_queueing = s_meter.CreateHistogram(
        "rondo.executor.queue.duration", "s", "How long a job waited in an executor's queue.", advice: s_seconds);

    static LoopMetrics()
    {
        s_meter.CreateObservableGauge(
            "rondo.loop.ready", () => Observe(l => l.ReadyCount), "{callback}", "Callbacks that are ready to run.");
        s_meter.CreateObservableGauge(
            "rondo.loop.tasks", () => Observe(l => l.TaskCount), "{task}", "Tasks that have not ended.");
    }

    /// <summary>Whether anybody wants to know about turns. Read it once a turn.</summary>
    public static bool MeasuresTurns => s_turns.Enabled || s_polls.Enabled || s_callbacks.Enabled;

    /// <summary>Whether an executor should take the time at which it is given a job.</summary>
    public static bool MeasuresQueueing => s_queueing.Enabled;

    /// <param name="loop">A running one.</param>
    /// <param name="start">When it began to poll, by <see cref="Stopwatch"/>.</param>
    /// <param name="polled">When it had polled.</param>
    /// <param name="callbacks">How many it has taken from the ready queue since.</param>
    public static void TurnEnded(EventLoop loop, long start, long polled, int callbacks)
    {
        var tag = TagOf(loop);
        s_polls.Record(Stopwatch.GetElapsedTime(start, polled).TotalSeconds, tag);
        s_turns.Record(Stopwatch.GetElapsedTime(polled).TotalSeconds, tag);
        s_callbacks.Add(callbacks, tag);
    }

    /// <summary>An executor begins a job that waited in its queue. Any thread.</summary>
    public static void Dequeued(string executor, TimeSpan waited) =>
        s_queueing.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("rondo.executor.name", executor));

    public static void Reported(LoopReport report)
    {
        if (s_reports.Enabled)
        {
            s_reports.Add(1, new("rondo.report.kind", report.Kind), new(LoopTag, report.Loop?.Name));
        }
    }

    private static IEnumerable<Measurement<int>> Observe(Func<EventLoop, int> value) =>
        from loop in EventLoop.AllRunning
        select new Measurement<int>(value(loop), TagOf(loop));

    private static KeyValuePair<string, object?> TagOf(EventLoop loop) => new(LoopTag, loop.Name);
}
