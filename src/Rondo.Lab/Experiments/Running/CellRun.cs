using System.Diagnostics;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Load;
using Rondo.Lab.Models;

namespace Rondo.Lab.Experiments.Running;

/// <summary>
/// Measures one cell: a generator in a process of its own, and beside it what the server uses, sampled from outside and
/// asked for at the beginning and the end.
/// </summary>
internal sealed class CellRun(LoadPlan plan, LoadSession generator, ServerChild? server)
{
    private static readonly TimeSpan s_sampling = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_lead = TimeSpan.FromMilliseconds(30);

    private readonly List<ProcessTree> _samples = [];
    private (ProcessTree? Tree, ModelSecond? Second, long At) _first;
    private (ProcessTree? Tree, ModelSecond? Second, long At) _last;

    /// <summary>What runs beside it, and by whom; null for nothing.</summary>
    public (LoadSession Generator, LoadPlan Plan)? Probe { get; init; }

    /// <summary>Runs to the end.</summary>
    /// <param name="cell">What is known of it; comes back with what was measured.</param>
    /// <param name="onSecond">Called with each second.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="LoadException">The generator could not do it.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public async Task<LabCell> RunAsync(LabCell cell, Action<LoadSecond> onSecond, CancellationToken stop)
    {
        server?.TakeSeconds();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = Task.CompletedTask;
        var probing = Probe is { } probe
            ? probe.Generator.RunAsync(probe.Plan, _ => { }, () => { }, stop)
            : null;
        LoadResult result;
        LoadResult? probed = null;
        try
        {
            result = await generator.RunAsync(plan, onSecond, () => watching = WatchAsync(end.Token), stop);
        }
        finally
        {
            await end.CancelAsync();
            await watching;
            probed = probing is null ? null : await probing;
        }

        stop.ThrowIfCancellationRequested();
        var counts = result.Counts;
        return cell with
        {
            ElapsedSeconds = result.ElapsedSeconds,
            Counts = new LabCounts(
                counts.Completed,
                counts.ConnectErrors + counts.TlsErrors,
                counts.Resets,
                counts.ClosedEarly,
                counts.Timeouts,
                counts.Malformed,
                counts.WrongStatus,
                counts.WrongBody,
                counts.AbortedAtEnd),
            Throughput = result.Throughput,
            Latency = LabLatency.Of(result.Latency.Restore()),
            Probe = probed is null ? null : LabLatency.Of(probed.Latency.Restore()),
            BusyConnections = LoadChecks.Busy(plan, result),
            Costs = Costs(result),
            Seconds = [.. result.Seconds.Where(s => s.Second >= 0 && s.Second < plan.Seconds).Select(
                s => new LabSecond(s.Second, s.Completed, s.Failed, LabSecond.BinsOf(s.Latency.Restore())))],
            ServerSeconds = ServerSeconds(),
            Rates = [.. result.Rates.Select(r => Math.Round(r, 1))],
            Generator = new LabGenerator(
                Math.Round(result.BusiestThread, 4),
                Math.Round(result.StarvedThread, 4),
                plan.IsOpen ? result.Lateness.Restore().Percentile(0.99) : null),
            FirstProblem = result.FirstProblem,
        };
    }

    private async Task WatchAsync(CancellationToken end)
    {
        if (server is null)
        {
            return;
        }

        try
        {
            await Task.Delay(TimeSpan.FromSeconds(plan.RampSeconds + plan.SettleSeconds), TimeProvider.System, end);
            _first = await SnapshotAsync();
            var last = _first.At + (long)((TimeSpan.FromSeconds(plan.Seconds) - s_lead).TotalSeconds * Stopwatch.Frequency);
            while (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), last) is { Ticks: > 0 } left)
            {
                await Task.Delay(left < s_sampling ? left : s_sampling, TimeProvider.System, end);
                if (OperatingSystem.IsLinux())
                {
                    _samples.Add(ProcessTree.Of(server.Id));
                }
            }

            _last = await SnapshotAsync();
        }
        catch (OperationCanceledException)
        {
            // It was over sooner.
            if (_first.At != 0)
            {
                _last = await SnapshotAsync();
            }
        }
    }

    private async Task<(ProcessTree? Tree, ModelSecond? Second, long At)> SnapshotAsync()
    {
        var second = await server!.AskAsync();
        return (OperatingSystem.IsLinux() ? ProcessTree.Of(server.Id) : null, second, Stopwatch.GetTimestamp());
    }

    // By the time between two looks, which is not quite that of the measurement, and the throughput of the latter.
    private LabCosts? Costs(LoadResult result)
    {
        if (_first.At == 0 || _last.At == 0 || result.Counts.Ended == 0)
        {
            return null;
        }

        var requests = result.Counts.Ended / result.ElapsedSeconds
            * Stopwatch.GetElapsedTime(_first.At, _last.At).TotalSeconds;
        var (from, to) = (_first.Tree, _last.Tree);
        var (before, after) = (_first.Second, _last.Second);
        return new LabCosts(
            _samples.Count > 0 ? _samples.Max(s => s.ResidentBytes) : after?.ResidentBytes,
            _samples.Count > 0 ? _samples.Max(s => s.Threads) : after?.Threads,
            _samples.Count > 0 ? _samples.Max(s => s.Processes) : after?.Processes,
            Per(to?.VoluntarySwitches - from?.VoluntarySwitches),
            Per(to?.InvoluntarySwitches - from?.InvoluntarySwitches),
            Per((to?.CpuSeconds - from?.CpuSeconds) * 1e6),
            Per(after?.AllocatedBytes - before?.AllocatedBytes),
            after?.Collections - before?.Collections,
            after is null || before is null ? null : Math.Round(after.PauseMs - before.PauseMs, 3));

        double? Per(double? whole) => whole is { } amount ? Math.Round(Math.Max(0, amount) / requests, 4) : null;
    }

    private List<LabServerSecond> ServerSeconds()
    {
        var start = _first.Second?.Second ?? 0;
        return
        [
            .. (server?.TakeSeconds() ?? []).Where(s => s.Second > start).Select(s => new LabServerSecond(
                Math.Round(s.Second - start, 3),
                s.Threads,
                s.ResidentBytes,
                s.Queued,
                s.Turns,
                s.LongTurns,
                s.LongestTurnMs)),
        ];
    }
}
