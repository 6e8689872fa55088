using System.Diagnostics;
using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>
/// What a call in a worker process costs, beside CPython's pool on Debian's interpreter and a bare echo over a Unix
/// socket in C: each a process of its own, in turn.
/// </summary>
internal static class ExecutorBench
{
    private const int Rounds = 3;
    private const int Trips = 10_000;
    private const string Python = "/usr/bin/python3";

    public static async Task RunAsync()
    {
        using var folder = new ScratchFolder();
        var echo = Path.Combine(folder.Path, "echo");
        await OutputAsync(["cc", "-O2", "-Wall", "-o", echo, "bench/echo/echo.c"]);
        await WorkerStartBench.BuildAsync(folder.Path);
        var files = AppContext.BaseDirectory;
        string[] ours = ["dotnet", Path.Combine(files, "Rondo.Benchmarks.dll"), "executor-child", $"{Trips}"];
        string[] python = [Python, Path.Combine(files, "python", "pool.py"), $"{Trips / 4}"];
        var cells = new Dictionary<string, List<double>>();
        var load = await File.ReadAllTextAsync("/proc/loadavg");
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (where, pin) in new (string, string[])[] { ("pinned", ["taskset", "-c", "0"]), ("free", []) })
            {
                await AddAsync(cells, $"C {where}", [.. pin, echo, $"{Trips}"]);
                await AddAsync(cells, $"Rondo {where}", [.. pin, .. ours, where]);
                await AddAsync(cells, $"CPython {where}", [.. pin, .. python]);
            }

            Add(cells, "empty program start", await WorkerStartBench.HelloAsync(folder.Path));
            await AddAsync(cells, "worker", WorkerStartBench.Pool(folder.Path, "pool"));
            await AddAsync(cells, "worker ReadyToRun", WorkerStartBench.Pool(folder.Path, "pool-ready"));
        }

        Console.WriteLine($"\nExecutors, {Rounds} rounds in turn: median [min .. max]; load before: {load.Trim()}");
        foreach (var (name, values) in cells)
        {
            Console.WriteLine($"  {name,-24} {HttpBench.Spread(values, "0.00")} {UnitOf(name)}");
        }

        Console.WriteLine($"Targets; load after: {(await File.ReadAllTextAsync("/proc/loadavg")).Trim()}");
        Compare("trip, Rondo / C, pinned", Ratio("Rondo pinned trip", "C pinned trip"), atMost: 1.6);
        Compare("trip, Rondo / CPython, free", Ratio("Rondo free trip", "CPython free trip"), atMost: 0.4);
        Compare("us a call, one worker, 64 ahead", cells["Rondo free ahead"].Select(x => 1e6 / x), 1e6 / 120_000);
        Compare("us for 1 MiB", cells["Rondo free bytes"], 400);
        Compare("ms to start a worker and be answered", cells["worker start"], 50);
        Compare("the same with ReadyToRun", cells["worker ReadyToRun start"], 50);
        Compare("ms to kill and replace by a warm one", cells["Rondo free replace1"], 10);
        Compare("ms to kill and replace", cells["Rondo free replace0"], 250);
        Compare("RunInExecutor / Task.Run", cells["Rondo free threads"], 1.5);

        IEnumerable<double> Ratio(string a, string b) => cells[a].Zip(cells[b], (x, y) => x / y);
    }

    private static void Compare(string what, IEnumerable<double> values, double atMost)
    {
        var median = values.Order().ElementAt(values.Count() / 2);
        Console.WriteLine($"  {what,-36} {HttpBench.Spread(values, "0.00")}, at most {atMost:0.##}: "
            + (median <= atMost ? "passed" : "missed"));
    }

    private static string UnitOf(string name) => name.Split(' ')[^1] switch
    {
        "trip" => "us a round trip",
        "ahead" => "calls a second, 64 ahead",
        "bytes" => "us for 1 MiB",
        "first" => "ms to a program's first answer",
        "start" => "ms, to the first byte or the first answer",
        "threads" => "x Task.Run",
        "threads-us" or "pool-us" => "us there and back",
        "threads-cpu" or "blocking-cpu" => "x Task.Run, processor time",
        _ => "ms to kill and replace",
    };

    private static async Task AddAsync(Dictionary<string, List<double>> cells, string name, string[] command)
    {
        foreach (var line in (await OutputAsync(command)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Add(
                cells, $"{name} {line.Split(' ')[0]}",
                double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        }
    }

    private static void Add(Dictionary<string, List<double>> cells, string key, double value)
    {
        cells.TryAdd(key, []);
        cells[key].Add(value);
    }

    public static async Task<string> OutputAsync(string[] command)
    {
        using var process = Process.Start(
            new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }
}
