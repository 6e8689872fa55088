using System.Globalization;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load;

/// <summary>Holds a result against what must be true of any honest one.</summary>
internal static class LoadChecks
{
    private const double LittleTolerance = 0.05;
    private const double BusiestThread = 0.8;
    private const double StarvedThread = 0.1;
    private const double HttpClientShare = 0.5;
    private const double LatestMilliseconds = 1;
    private const double LatestShare = 0.1;
    private const double StallFactor = 2;
    private const double ShareSent = 0.99;
    private const double Millisecond = 1e6;
    private const double Second = 1e9;

    public static IReadOnlyList<LoadCheck> Of(LoadPlan plan, LoadResult result)
    {
        var latency = result.Latency.Restore();
        var checks = new List<LoadCheck>();
        if (plan.IsFanOut)
        {
            return [Processor(result), Starvation(result), .. plan.IsOpen ? (LoadCheck[])[Late(result, latency)] : []];
        }

        if (plan.IsHttp2 && result.Counts.Completed > 0)
        {
            return plan.IsOpen
                ? [Schedule(plan, result), HeadRoom(plan, result), Late(result, latency), FreeConnections(result)]
                : [Little(plan, result), HeadRoom(plan, result), Stall(plan, result, latency)];
        }

        if (result.Counts.Completed > 0)
        {
            checks.Add(plan.IsOpen ? Schedule(plan, result) : Little(plan, result));
            checks.Add(Processor(result));
            checks.Add(Starvation(result));
            checks.Add(plan.IsOpen ? Late(result, latency) : Stall(plan, result, latency));
        }

        if (plan.IsOpen && result.Counts.Due > 0)
        {
            checks.Add(FreeConnections(result));
        }

        return checks;
    }

    /// <summary>How many connections were busy on average, by Little's law: throughput times time in the system.</summary>
    public static double Busy(LoadPlan plan, LoadResult result)
    {
        var inSystem = (result.Latency.Sum / Second) + result.FailedSeconds;
        return (inSystem + (result.Counts.Completed * plan.ThinkSeconds)) / result.ElapsedSeconds;
    }

    private static LoadCheck Little(LoadPlan plan, LoadResult result)
    {
        var busy = Busy(plan, result);
        return new LoadCheck(
            "little",
            Math.Abs((busy / (plan.Connections * plan.Streams)) - 1) <= LittleTolerance,
            busy / (plan.Connections * plan.Streams),
            LittleTolerance,
            Text($"throughput x time gives {busy:0.0} busy connections of {plan.Connections * plan.Streams}: the rest of the time no ")
                + "request was under way, because connections were being made or the run was too short");
    }

    private static LoadCheck Schedule(LoadPlan plan, LoadResult result)
    {
        var share = result.Counts.Due == 0 ? 0 : (double)(result.Counts.Due - result.Counts.AbortedAtEnd) / result.Counts.Due;
        return new LoadCheck(
            "schedule",
            share >= ShareSent,
            share,
            ShareSent,
            Text($"only {share:P1} of the requests that were due at {plan.Rate:0.###}/s were over when the run ended: ")
                + "the target does not keep up with this rate");
    }

    private static LoadCheck Processor(LoadResult result) => new(
        "generator-cpu",
        result.BusiestThread <= BusiestThread,
        result.BusiestThread,
        BusiestThread,
        Text($"a thread of the generator used {result.BusiestThread:P0} of a processor: the generator may itself be the ")
            + "bottleneck; more --threads show whether the target can do more",
        SparesTarget: true);

    // Its threads are the pool's, so only the whole can be told.
    private static LoadCheck HeadRoom(LoadPlan plan, LoadResult result)
    {
        var share = result.CpuSeconds / ((plan.RampSeconds + result.ElapsedSeconds) * Environment.ProcessorCount);
        return new LoadCheck(
            "generator-cpu",
            share <= HttpClientShare,
            share,
            HttpClientShare,
            Text($"the generator used {share:P0} of all processors: with HTTP/2 it is the platform's client, which costs ")
                + "several times what the other engines cost, and the target may be able to do more",
            SparesTarget: true);
    }

    private static LoadCheck Starvation(LoadResult result) => new(
        "generator-starved",
        result.StarvedThread <= StarvedThread,
        result.StarvedThread,
        StarvedThread,
        Text($"for {result.StarvedThread:P0} of the time the generator was ready and had no processor: other work on this ")
            + "machine is in the latencies",
        SparesTarget: true);

    private static LoadCheck Late(LoadResult result, LatencyHistogram latency)
    {
        var late = result.Lateness.Restore().Percentile(0.99) / Millisecond;
        var limit = Math.Max(LatestMilliseconds, LatestShare * latency.Percentile(0.5) / Millisecond);
        return new LoadCheck(
            "lateness",
            late <= limit,
            late,
            limit,
            Text($"1 % of the requests were sent more than {late:0.0} ms late although a connection was free: the ")
                + "generator could not keep its schedule, and this is in the latencies",
            SparesTarget: true);
    }

    private static LoadCheck FreeConnections(LoadResult result)
    {
        var share = (double)result.Counts.Waited / result.Counts.Due;
        return new LoadCheck(
            "connections",
            share <= 0.01,
            share,
            0.01,
            Text($"{share:P1} of the requests had to wait for a free connection; the wait is in the latencies. ")
                + "--max-connections allows more");
    }

    private static LoadCheck Stall(LoadPlan plan, LoadResult result, LatencyHistogram latency)
    {
        var perConnection = (double)result.Counts.Completed / (plan.Connections * plan.Streams);
        var interval = (long)(result.ElapsedSeconds * Second / Math.Max(1, perConnection));
        var missed = latency.WithMissing(interval);
        missed.Record((long)(result.OldestAtEndSeconds * Second));
        var (told, honest) = (latency.Percentile(0.99), missed.Percentile(0.99));
        var factor = told == 0 ? 1 : (double)honest / told;
        return new LoadCheck(
            "stall",
            factor <= StallFactor,
            factor,
            StallFactor,
            Text($"the target stalled for up to {Math.Max(latency.Max / Second, result.OldestAtEndSeconds):0.00} s, and a ")
                + Text($"closed load sends nothing meanwhile: p99 {told / Millisecond:0.00} ms would be about ")
                + Text($"{honest / Millisecond:0.00} ms for requests that do not wait for each other. Use --rate"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
