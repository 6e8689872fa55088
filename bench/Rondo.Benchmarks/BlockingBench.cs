using System.Diagnostics;
using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>
/// Handlers that block, on stock Kestrel and on event loops, each case on a server that has just started: (a) a hundred
/// that sleep, (b) a hundred connections whose handlers block on an upstream, (c) somebody else's requests meanwhile;
/// (a) and (c) over each protocol. Then how often healthy handlers are taken for blocking ones.
/// </summary>
internal static class BlockingBench
{
    private const int Requests = 100;

    // The first ones wait for the compiler, of the client's code too.
    private const int WarmUpPings = 100;
    private const int Upstream = 7390;
    private const int Port = 7391;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(5);

    private const int Healthy = 256;
    private const int HealthyWarmUpSeconds = 10;
    private const int HealthySeconds = 60;

    // Of the loops: what a hundred threads would give, and a machine that does other things besides.
    private const double MostSeconds = 1.5;
    private const double LeastPerSecond = 1_500;
    private const double MostMilliseconds = 25;
    private const long MostTakeovers = 1;

    public static async Task RunAsync(string[] kinds)
    {
        await using var upstream = await BlockingServer.StartAsync("stock", Upstream, Upstream);
        Console.WriteLine($"Load of the machine: {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}");
        foreach (var kind in kinds)
        {
            foreach (var protocol in BlockingServer.Protocols)
            {
                await using var server = await BlockingServer.StartAsync(kind, Port, Upstream, protocol);
                var (done, seconds) = await SleepersAsync(server.Client);
                Say(
                    kind,
                    $"(a) {protocol}: 100 x Thread.Sleep(1000), cold: {done} done after {seconds:F2} s",
                    done == Requests && seconds <= MostSeconds,
                    $"100 within {MostSeconds} s");
            }

            await using (var server = await BlockingServer.StartAsync(kind, Port, Upstream))
            {
                var rate = await BlockedAsync(server.Client);
                Say(
                    kind,
                    $"(b) HTTP/1.1: .Result of 50 ms, 100 connections: {rate:F0} requests/s after "
                    + $"{s_warmUp.TotalSeconds:F0} s",
                    rate >= LeastPerSecond,
                    $"{LeastPerSecond:F0}");
            }

            foreach (var protocol in BlockingServer.Protocols)
            {
                await using var server = await BlockingServer.StartAsync(kind, Port, Upstream, protocol);
                var (text, p99) = await PingsAsync(server);
                Say(
                    kind,
                    $"(c) {protocol}: GET /ping 100/s during three bursts of (a): {text}",
                    p99 <= MostMilliseconds,
                    $"p99 within {MostMilliseconds:F0} ms");
            }
        }

        await using var healthy = await BlockingServer.StartAsync("loops", Port, Upstream);
        var takeovers = await TakeoversAsync(healthy);
        Say(
            "loops",
            $"takeovers in {HealthySeconds} s of {Healthy} healthy connections after {HealthyWarmUpSeconds} s: {takeovers}",
            takeovers <= MostTakeovers,
            $"at most {MostTakeovers}");
    }

    private static void Say(string kind, string text, bool isReached, string target) => Console.WriteLine(
        kind == "loops" ? $"{kind}: {text} (target {target}: {(isReached ? "passed" : "MISSED")})" : $"{kind}: {text}");

    private static async Task<long> TakeoversAsync(BlockingServer server)
    {
        Wrk.Run(server.Port, "/ping", Healthy, HealthyWarmUpSeconds);
        var before = await server.Client.GetStringAsync("/takeovers");
        Wrk.Run(server.Port, "/ping", Healthy, HealthySeconds);
        var after = await server.Client.GetStringAsync("/takeovers");
        return long.Parse(after, CultureInfo.InvariantCulture) - long.Parse(before, CultureInfo.InvariantCulture);
    }

    private static async Task<(int Done, double Seconds)> SleepersAsync(HttpClient client)
    {
        using var patience = new CancellationTokenSource(s_patience);
        var start = Stopwatch.GetTimestamp();
        var ended = await Task.WhenAll(Enumerable.Range(0, Requests).Select(async _ =>
        {
            try
            {
                return await client.GetStringAsync("/sleep", patience.Token) == "slept";
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }));
        return (ended.Count(e => e), Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static async Task<double> BlockedAsync(HttpClient client)
    {
        using var end = new CancellationTokenSource(s_warmUp + s_window);
        var start = Stopwatch.GetTimestamp();
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, Requests).Select(async _ =>
        {
            try
            {
                while (true)
                {
                    await client.GetStringAsync("/result", end.Token);
                    if (Stopwatch.GetElapsedTime(start) > s_warmUp)
                    {
                        Interlocked.Increment(ref count);
                    }
                }
            }
            catch (OperationCanceledException)
            {
            }
        }));
        return count / s_window.TotalSeconds;
    }

    // From the intended start: a request that starts late has waited already.
    private static async Task<(string Text, double P99)> PingsAsync(BlockingServer server)
    {
        var pings = new List<Task<double>>();
        var bursts = new List<Task<(int Done, double Seconds)>>();
        var start = Stopwatch.GetTimestamp();
        for (var n = 0; n < WarmUpPings + 1_200; n++)
        {
            var due = TimeSpan.FromMilliseconds(10 * n);
            if (due - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } early)
            {
                await Task.Delay(early);
            }

            if (n - WarmUpPings is 100 or 500 or 900)
            {
                bursts.Add(Task.Run(() => SleepersAsync(server.Client)));
            }

            pings.Add(PingAsync(server.Stranger, start, due));
        }

        var latencies = (await Task.WhenAll(pings)).Skip(WarmUpPings).Order().ToArray();
        var ended = await Task.WhenAll(bursts);
        var threads = await server.Stranger.GetStringAsync("/threads");
        return (
            $"p50 {latencies[599]:F1} ms, p99 {latencies[1187]:F1} ms, max {latencies[^1]:F1} ms; bursts: "
            + string.Join(", ", ended.Select(e => $"{e.Done} after {e.Seconds:F2} s"))
            + $"; threads of the process: {threads}",
            latencies[1187]);
    }

    private static async Task<double> PingAsync(HttpClient client, long start, TimeSpan due)
    {
        await client.GetStringAsync("/ping");
        return (Stopwatch.GetElapsedTime(start) - due).TotalMilliseconds;
    }
}
