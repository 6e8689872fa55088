using System.Net;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Engine;

/// <summary>Runs a fan-out in this process and says what it has measured.</summary>
internal static class FanOutEngine
{
    private static readonly TimeSpan GatherInterval = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc cref="LoadEngine.RunAsync"/>
    public static async Task<LoadResult> RunAsync(LoadPlan plan, Action<LoadSecond> onSecond, CancellationToken stop)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        var before = Environment.CpuUsage.TotalTime;
        await using var run = new FanOut(plan, new IPEndPoint(IPAddress.Parse(plan.Address), plan.Port));
        var running = run.RunAsync();
        await using var registration = stop.Register(run.Stop);
        var (seconds, total) = (new List<LoadSecond>(), new LatencyHistogram());
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(GatherInterval, TimeProvider.System, CancellationToken.None));
            Gather();
        }

        await running;
        Gather();
        var elapsed = run.Elapsed / (double)LoadClock.Second;
        return new LoadResult
        {
            Counts = run.Counts,
            Latency = HistogramData.Of(total),
            ConnectTime = HistogramData.Of(run.ConnectTimes),
            FirstByte = HistogramData.Of(new LatencyHistogram()),
            ServiceTime = HistogramData.Of(run.ServiceTimes),
            Lateness = HistogramData.Of(run.Lateness),
            Seconds = seconds,
            Rates = [],
            StartedAt = startedAt,
            ElapsedSeconds = elapsed,
            CpuSeconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds,
            BusiestThread = run.Use.Running / (elapsed * LoadClock.Second),
            StarvedThread = run.Use.Waiting / (elapsed * LoadClock.Second),
            FirstProblem = run.FirstProblem,
            FirstLength = -1,
        };

        void Gather()
        {
            while (run.Seconds.TryDequeue(out var one))
            {
                total.Add(one.Latency);
                var second = new LoadSecond(one.Second, one.Completed, one.Failed, HistogramData.Of(one.Latency));
                seconds.Add(second);
                onSecond(second);
            }
        }
    }
}
