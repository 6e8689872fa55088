using System.Diagnostics;
using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>
/// What an operation of the loop costs, beside the yardstick, <c>Task.Yield</c> on the thread pool, and CPython's loops on
/// Debian's interpreter: each a process of its own on one core, in turn.
/// </summary>
internal static class LoopBench
{
    private const int Rounds = 7;
    private const int Operations = 300_000;
    private const string Python = "/usr/bin/python3";

    private static readonly string[] Kinds = ["loop", "yardstick", "debug", "pool", "asyncio", "uvloop"];

    public static async Task RunAsync()
    {
        var figures = new Dictionary<(string Kind, string Name), List<double>>();
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var kind in Kinds)
            {
                foreach (var (name, nanoseconds) in await MeasureAsync(kind))
                {
                    // The first round fills the file cache.
                    if (round > 0)
                    {
                        figures.TryAdd((kind, name), []);
                        figures[(kind, name)].Add(nanoseconds);
                    }
                }
            }
        }

        Console.WriteLine($"\nLoop, {Rounds} rounds in turn, ns of processor time per operation: median [min .. max]");
        Console.WriteLine($"  | {"",-9} |{string.Concat(Kinds.Select(k => $" {k} |"))} loop / yardstick | debug - loop |");
        foreach (var name in LoopOperations.Names)
        {
            var cells = Kinds.Select(kind => figures.TryGetValue((kind, name), out var all) ? HttpBench.Spread(all, "0") : "");
            var (ours, theirs) = (figures[("loop", name)], figures[("yardstick", name)]);
            var ratio = HttpBench.Spread(ours.Zip(theirs, (a, b) => a / b), "0.00");
            var debug = HttpBench.Spread(figures[("debug", name)].Zip(ours, (a, b) => a - b), "0");
            Console.WriteLine($"  | {name,-9} |{string.Concat(cells.Select(c => $" {c} |"))} {ratio} | {debug} |");
        }

        await RunVirtualAsync();
    }

    /// <summary>Virtual time: 10,000 simulated seconds with 10,000 timers.</summary>
    public static async Task RunVirtualAsync()
    {
        var figures = new Dictionary<string, List<double>>();
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (name, milliseconds) in await MeasureAsync("virtual"))
            {
                if (round > 0)
                {
                    figures.TryAdd(name, []);
                    figures[name].Add(milliseconds);
                }
            }
        }

        Console.WriteLine($"\nVirtual time, {Rounds} processes in turn, ms of processor time: median [min .. max]");
        foreach (var (name, all) in figures)
        {
            Console.WriteLine($"  | {name,-16} | {HttpBench.Spread(all, "0.0")} |");
        }
    }

    private static async Task<List<(string Name, double Value)>> MeasureAsync(string kind)
    {
        var folder = AppContext.BaseDirectory;
        var program = Path.Combine(folder, "Rondo.Benchmarks.dll");
        string[] command = kind switch
        {
            "asyncio" or "uvloop" => [Python, Path.Combine(folder, "python", "loop.py"), kind, $"{Operations / 3}"],
            "virtual" => ["dotnet", program, "loop-child", kind],
            _ => ["dotnet", program, "loop-child", kind, $"{Operations}"],
        };

        // Two cores for the posting thread of C#: one would measure its scheduler.
        using var process = Process.Start(
            new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)]
            : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");

        static (string, double) Parse(string line) =>
            (line.Split(' ')[0], double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }
}
