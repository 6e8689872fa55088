using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace SoakProgram;

/// <summary>
/// Rounds of mixed traffic. After each, all of its connections are gone, and what the server holds is compared with what
/// it held before.
/// </summary>
internal sealed class SoakRun(ServerUnderTest server)
{
    private const int Workers = 12;
    private const int LeastRounds = 9;
    private const int MostErrorsShown = 10;

    private static readonly TimeSpan s_longestRound = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (long Count, long Bytes)> _done = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly List<ServerSample> _samples = [];
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private int _seed;

    /// <returns>Whether it has passed.</returns>
    public static async Task<bool> RunAsync(TimeSpan duration, string transport)
    {
        await using var server = await ServerUnderTest.StartAsync(transport);
        var run = new SoakRun(server);
        await run.RunRoundsAsync(duration);
        var isStopped = await server.StopAsync();
        return run.Report(isStopped);
    }

    private async Task RunRoundsAsync(TimeSpan duration)
    {
        using var stop = new CancellationTokenSource();
        var progress = ShowProgressAsync(stop.Token);
        var round = TimeSpan.FromSeconds(Math.Min(duration.TotalSeconds / LeastRounds, s_longestRound.TotalSeconds));
        while (_time.Elapsed < duration || _samples.Count < LeastRounds)
        {
            using (var traffic = new Traffic(server))
            {
                var end = _time.Elapsed + (round * 0.7);
                var kinds = traffic.Exchanges.SelectMany(e => Enumerable.Repeat(e, e.Weight)).ToArray();

                // Each kind in each round, however slow the machine.
                var first = new ConcurrentQueue<Exchange>(traffic.Exchanges);
                await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(first, kinds, end)));
            }

            _samples.Add(await server.SampleAsync());
        }

        await stop.CancelAsync();
        await progress;
    }

    private async Task WorkAsync(ConcurrentQueue<Exchange> first, Exchange[] kinds, TimeSpan end)
    {
        var random = new Random(Interlocked.Increment(ref _seed));
        while (first.TryDequeue(out var kind) || _time.Elapsed < end)
        {
            kind ??= kinds[random.Next(kinds.Length)];
            try
            {
                var bytes = await kind.RunAsync(random);
                _done.AddOrUpdate(kind.Name, (1, bytes), (_, d) => (d.Count + 1, d.Bytes + bytes));
            }
            catch (Exception error)
            {
                _errors.Enqueue($"{kind.Name}: {error}");
            }
        }
    }

    private async Task ShowProgressAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await Task.Delay(1000, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var held = _samples.LastOrDefault() is { } s
                ? $"live {s.LiveBytes >> 10} KiB, resident {s.ResidentBytes >> 20} MiB, {s.Descriptors} descriptors, "
                    + $"{s.Threads} threads, {s.Handles} handles"
                : "no sample yet";
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_time.Elapsed.TotalSeconds,6:F0} s {_done.Sum(d => d.Value.Count),9} exchanges "
                + $"{_done.Sum(d => d.Value.Bytes) >> 20,7} MiB {_errors.Count,4} wrong; {held}"));
        }
    }

    private bool Report(bool isStopped)
    {
        Console.WriteLine("\n| exchange | count | MiB checked |\n|---|---|---|");
        foreach (var (name, (count, bytes)) in _done.OrderByDescending(d => d.Value.Count))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {count} | {bytes >> 20} |"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n| held after a round ({_samples.Count}) | first | second third | last third | |\n|---|---|---|---|---|"));
        var verdicts = Growth.All.Select(g => g.Judge(_samples)).ToList();
        verdicts.ForEach(v => Console.WriteLine(v.Line));
        foreach (var error in _errors.Take(MostErrorsShown))
        {
            Console.WriteLine($"wrong: {error}");
        }

        var logged = _samples[^1].Errors;
        var hasPassed = _errors.IsEmpty && logged == 0 && isStopped && !verdicts.Exists(v => v.Grows);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{_errors.Count} wrong answers, {logged} errors logged, the server has {(isStopped ? "" : "not ")}stopped"));
        Console.WriteLine(hasPassed ? "passed" : "FAILED");
        return hasPassed;
    }
}
