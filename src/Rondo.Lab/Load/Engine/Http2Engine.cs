namespace Rondo.Lab.Load.Engine;

/// <summary>
/// HTTP/2 by the platform's client, on the thread pool: several times the processor time of the other engines, so that it
/// is the bottleneck much earlier, and its figures are not to be compared with theirs.
/// </summary>
internal static class Http2Engine
{
    private static readonly TimeSpan GatherInterval = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc cref="LoadEngine.RunAsync"/>
    public static async Task<LoadResult> RunAsync(LoadPlan plan, Action<LoadSecond> onSecond, CancellationToken stop)
    {
        var measureFrom = LoadClock.FromSeconds(plan.RampSeconds);
        var startedAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(plan.RampSeconds);
        var before = Environment.CpuUsage.TotalTime;
        var record = new Http2Record(measureFrom);
        var most = plan.IsOpen ? Math.Max(plan.Connections, plan.MaxConnections) : plan.Connections;
        var clients = Enumerable.Range(0, most).Select(_ => Http2Client.Create(plan, record)).ToList();

        // Streams of the connections there are to be at first, then those there may be.
        var planned = plan.Connections * plan.Streams;
        var workers = Enumerable.Range(0, clients.Count * plan.Streams)
            .Select(i => i < planned ? i % plan.Connections : i / plan.Streams)
            .Select(client => new Http2Worker(plan, clients[client], record)).ToList();
        var seconds = new List<LoadSecond>();
        try
        {
            var running = plan.IsOpen
                ? RunOpenAsync(plan, workers, record, stop)
                : RunClosedAsync(plan, workers, record, stop);
            while (!running.IsCompleted)
            {
                await Task.WhenAny(running, Task.Delay(GatherInterval, TimeProvider.System, CancellationToken.None))
                    .ConfigureAwait(false);
                if (record.Now - measureFrom >= (seconds.Count + 1) * LoadClock.Second)
                {
                    Gather();
                }
            }

            await running.ConfigureAwait(false);
            Gather();
        }
        finally
        {
            workers.ForEach(w => w.Dispose());
            clients.ForEach(c => c.Dispose());
        }

        return record.Result(seconds, plan.IsOpen) with
        {
            StartedAt = startedAt,
            CpuSeconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds,
        };

        void Gather()
        {
            seconds.Add(record.EndSecond(seconds.Count));
            onSecond(seconds[^1]);
        }
    }

    private static async Task RunClosedAsync(
        LoadPlan plan, List<Http2Worker> workers, Http2Record record, CancellationToken stop)
    {
        var end = LoadClock.FromSeconds(plan.RampSeconds + plan.Seconds);
        var budget = plan.Requests ?? long.MaxValue;

        // At the end of the time what is under way is aborted, as by a stop.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(TimeSpan.FromSeconds(plan.RampSeconds + plan.Seconds));
        await Task.WhenAll(workers.Select((worker, i) => worker.RunAsync(
            TimeSpan.FromSeconds(plan.RampSeconds * i / workers.Count), MayStart, over.Token))).ConfigureAwait(false);

        bool MayStart() => record.Now < end && Interlocked.Decrement(ref budget) >= 0;
    }

    private static async Task RunOpenAsync(
        LoadPlan plan, List<Http2Worker> workers, Http2Record record, CancellationToken stop)
    {
        await using var arrivals = new Http2Arrivals(plan, workers, record);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(TimeSpan.FromSeconds(plan.RampSeconds + plan.Seconds + plan.TimeoutSeconds));
        await arrivals.RunAsync(over.Token).ConfigureAwait(false);
    }
}
