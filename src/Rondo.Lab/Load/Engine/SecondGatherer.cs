using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Engine;

/// <summary>Puts the seconds of all threads together, and their total.</summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class SecondGatherer(List<LoadThread> threads, Action<LoadSecond> onSecond)
{
    private readonly SortedDictionary<int, (LatencyHistogram Latency, long Completed, long Failed)> _open = [];
    private readonly int[] _passed = [.. threads.Select(_ => -1)];
    private readonly (long Completed, long Failed)[] _before = new (long, long)[threads.Count];
    private readonly List<LoadSecond> _seconds = [];

    public LatencyHistogram Total { get; } = new();

    public IReadOnlyList<LoadSecond> Seconds => _seconds;

    /// <summary>Takes what is there; hands out the seconds that every thread has passed, or all.</summary>
    public void Gather(bool isLast)
    {
        for (var i = 0; i < threads.Count; i++)
        {
            while (threads[i].Intervals.TryDequeue(out var interval))
            {
                Take(i, interval);
                threads[i].Recycle(interval);
            }
        }

        var complete = isLast ? int.MaxValue : _passed.Min();
        while (_open.Count > 0 && _open.First() is var (second, values) && second <= complete)
        {
            _open.Remove(second);
            var finished = new LoadSecond(second, values.Completed, values.Failed, HistogramData.Of(values.Latency));
            _seconds.Add(finished);
            onSecond(finished);
        }
    }

    private void Take(int thread, Interval interval)
    {
        Total.Add(interval.Latency);
        var (latency, completed, failed) =
            _open.TryGetValue(interval.Second, out var open) ? open : (new LatencyHistogram(), 0, 0);
        latency.Add(interval.Latency);
        var (completedBefore, failedBefore) = _before[thread];
        _open[interval.Second] = (
            latency, completed + interval.Completed - completedBefore, failed + interval.Failed - failedBefore);
        _before[thread] = (interval.Completed, interval.Failed);
        _passed[thread] = interval.Second;
    }
}
