using System.Diagnostics;
using System.Globalization;

namespace ChaosProgram;

/// <summary>
/// Rounds of chaos, each on a data folder of its own, so that a long run checks as much per second as a short one. The
/// seed decides what is said and what is broken when; how the processes interleave it cannot decide.
/// </summary>
internal sealed class ChaosRun(int seed)
{
    private const int MostShown = 20;

    private static readonly TimeSpan s_longestRound = TimeSpan.FromSeconds(30);

    private readonly List<string> _violations = [];
    private ChaosCounts _total = new();

    /// <returns>Whether nothing was lost.</returns>
    public async Task<bool> RunAsync(TimeSpan duration)
    {
        Console.WriteLine($"seed {seed}");
        var time = Stopwatch.StartNew();
        var rounds = Math.Max(1, (int)Math.Round(duration / s_longestRound));
        for (var round = 0; round < rounds; round++)
        {
            await RunRoundAsync(round, (duration - time.Elapsed) / (rounds - round));
        }

        return Report(rounds, time.Elapsed);
    }

    /// <summary>One round with three nodes.</summary>
    /// <returns>Whether nothing was lost.</returns>
    public async Task<bool> RunNodesAsync(TimeSpan duration)
    {
        Console.WriteLine($"seed {seed}");
        using var run = new NodesRound(new Random(seed));
        var violations = await run.RunAsync(duration);
        Console.WriteLine($"three nodes: {run}{violations.Count} violations");
        foreach (var violation in violations.Take(MostShown))
        {
            Console.WriteLine("  " + violation);
        }

        if (violations.Count > 0)
        {
            Console.WriteLine("  the nodes said last:\n    " + string.Join("\n    ", run.ServerLines));
        }

        if (Wire.Refusal is { } refusal)
        {
            Console.WriteLine($"left out: wires that are pulled ({refusal})");
        }

        Console.WriteLine(violations.Count > 0 ? "FAILED" : "passed");
        return violations.Count == 0;
    }

    private async Task RunRoundAsync(int round, TimeSpan duration)
    {
        // Every other round on a disk that is really full at times, where one can be had.
        var disk = (round % 2 == 0 ? SmallDisk.TryMount() : null) ?? ChaosDisk.Folder();
        try
        {
            using var run = new ChaosRound(disk, new Random(unchecked((seed * 397) + round)));
            var violations = await run.RunAsync(duration);
            Console.WriteLine($"round {round + 1} on {disk.Name}: {run.Counts}; {violations.Count} violations");
            foreach (var violation in violations.Take(MostShown))
            {
                Console.WriteLine("  " + violation);
            }

            if (violations.Count > 0)
            {
                Console.WriteLine("  the server said last:\n    " + string.Join("\n    ", run.ServerLines));
            }

            _total = _total.Plus(run.Counts);
            _violations.AddRange(violations);
        }
        finally
        {
            disk.Remove();
        }
    }

    private bool Report(int rounds, TimeSpan elapsed)
    {
        if (SmallDisk.Refusal is { } refusal)
        {
            Console.WriteLine($"left out: a file system of 16 MB that runs full ({refusal}); a quota stood for it");
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"seed {seed}, {rounds} rounds in {elapsed.TotalSeconds:0} s: {_total}; {_violations.Count} violations"));

        Console.WriteLine(
            _violations.Count > 0 ? "FAILED" : _total.IsTooLittle ? "FAILED: too little happened" : "passed");
        return _violations.Count == 0 && !_total.IsTooLittle;
    }
}
