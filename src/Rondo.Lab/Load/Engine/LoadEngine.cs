using System.Net;
using System.Threading.Channels;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Engine;

/// <summary>Runs a plan in this process: starts the threads, gathers their seconds, adds up what they measured.</summary>
internal static class LoadEngine
{
    /// <summary>Runs to the end of the plan, or until <paramref name="stop"/>.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="onSecond">Called with each second once every thread has passed it; not on a load thread.</param>
    /// <param name="stop">Ends the run early, with what was measured so far.</param>
    public static async Task<LoadResult> RunAsync(LoadPlan plan, Action<LoadSecond> onSecond, CancellationToken stop)
    {
        if (plan.IsFanOut)
        {
            return await FanOutEngine.RunAsync(plan, onSecond, stop);
        }

        if (plan.IsHttp2)
        {
            return await Http2Engine.RunAsync(plan, onSecond, stop);
        }

        var address = new IPEndPoint(IPAddress.Parse(plan.Address), plan.Port);
        var startedAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(plan.RampSeconds + plan.SettleSeconds);
        var before = Environment.CpuUsage.TotalTime;
        var origin = LoadClock.Now;

        // Woken once a second: each time the pool's threads look for work, they take the processor from the load.
        var news = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var threads = Enumerable.Range(0, plan.Threads)
            .Select(i => new LoadThread(plan, i, address, origin, () => news.Writer.TryWrite(true))).ToList();
        var gatherer = new SecondGatherer(threads, onSecond);
        try
        {
            var running = RunToEndAsync();
            await using var registration = stop.Register(() => threads.ForEach(t => t.Stop()));
            await foreach (var _ in news.Reader.ReadAllAsync(CancellationToken.None))
            {
                gatherer.Gather(isLast: false);
            }

            await running;
            var cpu = Environment.CpuUsage.TotalTime - before;
            gatherer.Gather(isLast: true);
            await RequestsFile.WriteAsync(plan.RequestsFile, threads);
            return Sum(plan, threads, gatherer) with { StartedAt = startedAt, CpuSeconds = cpu.TotalSeconds };
        }
        finally
        {
            foreach (var thread in threads)
            {
                await thread.DisposeAsync();
            }
        }

        async Task RunToEndAsync()
        {
            try
            {
                await Task.WhenAll(threads.Select(t => t.RunAsync()));
            }
            finally
            {
                news.Writer.Complete();
            }
        }
    }

    private static LoadResult Sum(LoadPlan plan, List<LoadThread> threads, SecondGatherer gatherer)
    {
        var counts = new LoadCounts();
        threads.ForEach(t => counts.Add(t.Counts));
        var elapsed = threads.Max(t => t.Elapsed) / (double)LoadClock.Second;
        var whole = elapsed + plan.RampSeconds + plan.SettleSeconds;
        return new LoadResult
        {
            Counts = counts,
            Latency = HistogramData.Of(gatherer.Total),
            ConnectTime = Merge(t => t.ConnectTimes),
            FirstByte = Merge(t => t.FirstBytes),
            ServiceTime = Merge(t => t.ServiceTimes),
            Lateness = Merge(t => t.Lateness),
            Seconds = gatherer.Seconds,
            Rates = [.. threads.SelectMany(t => t.Rates)],
            ElapsedSeconds = elapsed,
            FailedSeconds = threads.Sum(t => t.FailedTime) / LoadClock.Second,
            OldestAtEndSeconds = threads.Max(t => t.OldestAtEnd) / (double)LoadClock.Second,
            BusiestThread = threads.Max(t => t.Use.Running) / (whole * LoadClock.Second),
            StarvedThread = threads.Max(t => t.Use.Waiting) / (whole * LoadClock.Second),
            FirstProblem = threads.Select(t => t.FirstProblem).FirstOrDefault(p => p is not null),
            Server = threads[0].Server,
            FirstLength = threads.Max(t => t.FirstLength),
        };

        HistogramData Merge(Func<LoadThread, LatencyHistogram> of)
        {
            var merged = new LatencyHistogram();
            threads.ForEach(t => merged.Add(of(t)));
            return HistogramData.Of(merged);
        }
    }
}
