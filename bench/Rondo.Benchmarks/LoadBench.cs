using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Rondo.Benchmarks;

/// <summary>
/// What a request costs the generator: processor time of all its processes from start to end, and for ours also of the
/// worker while it loads, since starting .NET is a price per run and not per request; as built, and as published with
/// ReadyToRun. Generator on core 1, nginx on core 0. The tools take turns within a round, and ratios to wrk are taken
/// within a round. Rates are over the time that a tool says it took, else over the time it was given.
/// </summary>
internal static class LoadBench
{
    private const string Rondo = "artifacts/bin/Rondo.Cli/release/rondo";
    private const string Published = "PUBLISHED";
    private const int Port = 9741;
    private const int QuickRounds = 3;
    private const int Rounds = 6;
    private const int Seconds = 4;
    private const int WarmSeconds = 1;
    private const double TicksPerSecond = 100;

    private static readonly string Url = $"http://127.0.0.1:{Port}/";

    private static readonly Tool[] Tools =
    [
        new("wrk", ["wrk", "-t1", "-cN", "-dTs"], @"(\d+) requests in ([\d.]+)s"),
        new("rondo load, published", [Published, "load", "-c", "N", "-d", "Ts", "--json", "FILE"], @"completed +(\d+) "),
        new("rondo load", [Rondo, "load", "-c", "N", "-d", "Ts", "--json", "FILE"], @"completed +(\d+) requests"),
        new("rondo load, portable", [Rondo, "load", "-c", "N", "-d", "Ts", "--engine", "portable", "--json", "FILE"], @"completed +(\d+) "),
        new("rondo wrk", [Rondo, "wrk", "-t1", "-cN", "-dTs", "--also-json", "FILE"], @"(\d+) requests in ([\d.]+)s"),
        new("ab -k", ["ab", "-k", "-q", "-t", "T", "-n", "2000000", "-c", "N"], @"Complete requests: +(\d+)"),
        new("hey", ["hey", "-z", "Ts", "-c", "N"], @"\[200\]\s+(\d+) responses"),
        new("h2load --h1", ["h2load", "--h1", "-t1", "-c", "N", "-D", "T"], @"(\d+) succeeded"),
        new("autocannon", ["node", "bench/peers/node_modules/autocannon", "-n", "-j", "-c", "N", "-d", "T"], @"""2xx"":(\d+)"),
    ];

    public static async Task RunAsync(bool isQuick)
    {
        using var folder = new ScratchFolder();
        var config = Path.Combine(folder.Path, "nginx.conf");
        await File.WriteAllTextAsync(config, $$"""
            worker_processes 1;
            daemon off;
            master_process off;
            pid {{folder.Path}}/pid;
            error_log {{folder.Path}}/log;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              server { listen 127.0.0.1:{{Port}} backlog=4096; location / { return 200 "hello world\n"; } }
            }
            """);
        var published = Path.Combine(folder.Path, "published");
        await StartBench.PublishAsync(published);
        using var nginx = Process.Start("taskset", ["-c", "0", "nginx", "-c", config, "-p", folder.Path]);
        try
        {
            await WaitAsync();
            foreach (var connections in (int[])[64, 1000])
            {
                Measure(connections, isQuick ? QuickRounds : Rounds, Path.Combine(published, "rondo"));
            }
        }
        finally
        {
            nginx.Kill();
        }
    }

    private static void Measure(int connections, int rounds, string published)
    {
        var samples = Tools.ToDictionary(t => t.Name, _ => new List<(double Cost, double PerSecond, double Loading)>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var tool in Tools)
            {
                // The first round warms the server.
                var sample = Run(tool, connections, round == 0 ? WarmSeconds : Seconds, published);
                if (round > 0)
                {
                    samples[tool.Name].Add(sample);
                }
            }
        }

        Console.WriteLine($"\nnginx return 200, {connections} connections, {rounds} rounds of {Seconds} s in turn, "
            + "each beside wrk in its round: median [min .. max]");
        var wrk = samples["wrk"];
        foreach (var (name, own) in samples)
        {
            var costs = own.Zip(wrk, (a, b) => a.Cost / b.Cost);
            var rates = own.Zip(wrk, (a, b) => a.PerSecond / b.PerSecond);
            Console.WriteLine($"  {name,-22} processor time {HttpBench.Spread(costs, "0.00")}, "
                + $"requests/s {HttpBench.Spread(rates, "0.00")}, "
                + $"{HttpBench.Spread(own.Select(s => s.Cost), "0.00")} us/request, "
                + $"{HttpBench.Spread(own.Select(s => s.PerSecond), "0")} /s");
            if (own[0].Loading > 0)
            {
                var loading = own.Zip(wrk, (a, b) => a.Loading / b.Cost);
                Console.WriteLine($"  {"  ... while it loads",-22} processor time {HttpBench.Spread(loading, "0.00")}, "
                    + $"{HttpBench.Spread(own.Select(s => s.Loading), "0.00")} us/request");
            }
        }
    }

    private static (double Cost, double PerSecond, double Loading) Run(
        Tool tool, int connections, int seconds, string published)
    {
        var json = Path.GetTempFileName();
        string[] line =
        [
            "-c", "1",
            .. tool.Line.Select(a => a is "-cN" or "N"
                ? a.Replace("N", $"{connections}", StringComparison.Ordinal)
                : a == "FILE" ? json
                : a == Published ? published
                : a is "-dTs" or "Ts" or "T" ? a.Replace("T", $"{seconds}", StringComparison.Ordinal) : a),
            Url,
        ];
        var before = ChildrenSeconds();
        using var process = Process.Start(
            new ProcessStartInfo("taskset", line) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var match = Regex.Match(output, tool.Count);
        if (!match.Success)
        {
            throw new InvalidOperationException($"{tool.Name} has failed:\n{output}{error.Result}");
        }

        var requests = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        var took = match.Groups[2].Success
            ? double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)
            : seconds;
        var loading = Regex.Match(File.ReadAllText(json), @"""cpu_microseconds_per_request"": ([\d.]+)");
        File.Delete(json);
        return (
            (ChildrenSeconds() - before) / requests * 1e6,
            requests / took,
            loading.Success ? double.Parse(loading.Groups[1].Value, CultureInfo.InvariantCulture) : 0);
    }

    private static async Task WaitAsync()
    {
        using var client = new HttpClient();
        for (var i = 0; i < 100; i++)
        {
            try
            {
                await client.GetStringAsync(Url);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        throw new InvalidOperationException("nginx does not answer.");
    }

    // Children that have ended, user and system, with theirs: proc_pid_stat(5), cutime and cstime.
    private static double ChildrenSeconds()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[13], CultureInfo.InvariantCulture)
            + double.Parse(fields[14], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private sealed record Tool(string Name, string[] Line, string Count);
}
