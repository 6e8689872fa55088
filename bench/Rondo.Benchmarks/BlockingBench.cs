using System.Diagnostics;

namespace Rondo.Benchmarks;

/// <summary>
/// Handlers that block, on stock Kestrel and on event loops, each case on a server that has just started: (a) a hundred
/// that sleep, (b) a hundred connections whose handlers block on an upstream, (c) somebody else's requests meanwhile.
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

    public static async Task RunAsync()
    {
        await using var upstream = await BlockingServer.StartAsync("stock", Upstream, Upstream);
        Console.WriteLine($"Load of the machine: {(await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0]}");
        foreach (var kind in new[] { "stock", "loops" })
        {
            await using (var server = await BlockingServer.StartAsync(kind, Port, Upstream))
            {
                Console.WriteLine($"{kind}: (a) 100 x Thread.Sleep(1000), cold: {await SleepersAsync(server.Client)}");
            }

            await using (var server = await BlockingServer.StartAsync(kind, Port, Upstream))
            {
                Console.WriteLine(
                    $"{kind}: (b) .Result of 50 ms, 100 connections: {await BlockedAsync(server.Client)}");
            }

            await using (var server = await BlockingServer.StartAsync(kind, Port, Upstream))
            {
                Console.WriteLine(
                    $"{kind}: (c) GET /ping 100/s during three bursts of (a): {await PingsAsync(server.Client)}");
            }
        }
    }

    private static async Task<string> SleepersAsync(HttpClient client)
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
        return $"{ended.Count(e => e)} done after {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s";
    }

    private static async Task<string> BlockedAsync(HttpClient client)
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
        return $"{count / s_window.TotalSeconds:F0} requests/s after {s_warmUp.TotalSeconds:F0} s";
    }

    // From the intended start: a request that starts late has waited already.
    private static async Task<string> PingsAsync(HttpClient client)
    {
        var pings = new List<Task<double>>();
        var bursts = new List<Task<string>>();
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
                bursts.Add(Task.Run(() => SleepersAsync(client)));
            }

            pings.Add(PingAsync(client, start, due));
        }

        var latencies = (await Task.WhenAll(pings)).Skip(WarmUpPings).Order().ToArray();
        return $"p50 {latencies[599]:F1} ms, p99 {latencies[1187]:F1} ms, max {latencies[^1]:F1} ms; bursts: "
            + string.Join(", ", await Task.WhenAll(bursts))
            + $"; threads of the process: {await client.GetStringAsync("/threads")}";
    }

    private static async Task<double> PingAsync(HttpClient client, long start, TimeSpan due)
    {
        await client.GetStringAsync("/ping");
        return (Stopwatch.GetElapsedTime(start) - due).TotalMilliseconds;
    }
}
