using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>
/// What a request costs on its way through a gateway, beside those that a user would take instead: processor time of
/// the gateway per request at 64 connections, time added at one connection and at a thousand requests a second, and
/// memory under a hundred downloads. Gateway on core 0; <c>rondo load</c> and the upstream, a C program that answers a
/// constant, on core 1. All are alive at once and take turns in an order of chance; ratios are taken within a round.
/// </summary>
internal sealed class GatewayBench(bool isQuick, TransportResults results)
{
    private const int FirstPort = 9761;
    private const int UpstreamPort = 9781;
    private const int FilesPort = 9782;
    private const int Connections = 64;
    private const int Rate = 1000;
    private const int Seed = 20261122;

    // The platform compiles what runs often for the last time after some ten seconds.
    private const int WarmupSeconds = 12;
    private const double MostCost = 1.5;
    private const double MostAdded = 100;
    private const double MostMegabytes = 100;
    private const string Direct = "(direct)";

    private readonly int _rounds = isQuick ? 3 : 6;
    private readonly int _seconds = isQuick ? 2 : 3;
    private readonly int _latencySeconds = isQuick ? 1 : 3;
    private readonly int _megabytes = isQuick ? 10 : 100;
    private readonly Random _random = new(Seed);
    private readonly List<GatewayCell> _cells = [];

    /// <summary>Measures all of them, or one that runs already beside nginx.</summary>
    /// <param name="isQuick">Shorter, with smaller downloads.</param>
    /// <param name="address">Where the one runs, with its path to the upstream on port 9781; null for none.</param>
    /// <param name="processId">Its process.</param>
    public static async Task RunAsync(bool isQuick, Uri? address = null, int processId = 0)
    {
        await using var results = TransportResults.Open(
            "./dev bench gateway" + (isQuick ? " --quick" : ""), "gateway");
        await new GatewayBench(isQuick, results).RunAsync(address, processId);
        Console.WriteLine($"Every cell is in {results.Path}");
    }

    /// <summary>Measures the downloads alone, in their full size.</summary>
    public static async Task RunDownloadsAsync()
    {
        await using var results = TransportResults.Open("./dev bench gateway --downloads", "gateway");
        using var folder = new ScratchFolder();
        await new GatewayBench(isQuick: false, results).RunDownloadsAsync(folder);
        Console.WriteLine($"Every cell is in {results.Path}");
    }

    private async Task RunAsync(Uri? address, int processId)
    {
        using var folder = new ScratchFolder();
        await using var upstream = await ServerProcess.StartOnAsync(
            1, Direct, UpstreamPort, TransportServer.Compile(TransportServer.Limit), $"{UpstreamPort}");
        var proxies = new List<GatewayProxy>();
        try
        {
            IReadOnlyList<string> kinds = address is null ? GatewayProxy.Kinds : [GatewayProxy.Nginx];
            foreach (var (place, kind) in kinds.Index())
            {
                await AddAsync(proxies, kind, FirstPort + place, UpstreamPort, folder);
            }

            if (address is not null)
            {
                var server = ServerProcess.Attach(address.Authority, address.Port, processId);
                proxies.Add(new(server, address.AbsolutePath));
            }

            await MeasureRequestsAsync(proxies, new GatewayProxy(upstream, "/"));
        }
        finally
        {
            foreach (var proxy in proxies)
            {
                await proxy.DisposeAsync();
            }
        }

        PrintRequests(proxies.Select(p => p.Name).ToList());
        if (address is null)
        {
            await RunDownloadsAsync(folder);
        }
    }

    private static async Task AddAsync(
        List<GatewayProxy> proxies, string kind, int port, int upstream, ScratchFolder folder)
    {
        if (await GatewayProxy.StartAsync(kind, port, upstream, folder) is { } proxy)
        {
            proxies.Add(proxy);
        }
        else
        {
            await Console.Error.WriteLineAsync($"{kind} has no gateway in this build and is left out.");
        }
    }

    private static string Url(GatewayProxy proxy) => $"http://127.0.0.1:{proxy.Server.Port}{proxy.Path}";

    private async Task MeasureRequestsAsync(List<GatewayProxy> proxies, GatewayProxy direct)
    {
        foreach (var proxy in proxies)
        {
            LoadRun.Closed(Url(proxy), Connections, WarmupSeconds);
        }

        for (var round = 0; round < _rounds; round++)
        {
            foreach (var proxy in Shuffled(proxies))
            {
                var before = proxy.Server.CpuSeconds;
                var run = LoadRun.Closed(Url(proxy), Connections, _seconds);
                var used = proxy.Server.CpuSeconds - before;
                await NoteAsync(new(proxy.Name, "cost", round, used / run.Requests * 1e6, run.PerSecond));
            }

            foreach (var proxy in Shuffled([.. proxies, direct]))
            {
                var run = LoadRun.Closed(Url(proxy), 1, _latencySeconds);
                await NoteAsync(new(proxy.Name, "one", round, run.Median, run.PerSecond));
            }

            foreach (var proxy in Shuffled([.. proxies, direct]))
            {
                var run = LoadRun.Open(Url(proxy), Rate, _latencySeconds);
                await NoteAsync(new(proxy.Name, "open", round, run.Median, run.PerSecond));
            }
        }
    }

    private async Task RunDownloadsAsync(ScratchFolder folder)
    {
        await using var files = await GatewayDownloads.StartUpstreamAsync(FilesPort, _megabytes, folder);
        Console.WriteLine($"\n100 downloads of {_megabytes} MB at once");
        Console.WriteLine("| gateway | MB above idle | seconds |\n|---|---|---|");
        foreach (var (place, kind) in GatewayProxy.Kinds.Index())
        {
            if (await GatewayProxy.StartAsync(kind, FirstPort + 10 + place, FilesPort, folder) is not { } proxy)
            {
                continue;
            }

            await using (proxy)
            {
                var (megabytes, seconds) = await GatewayDownloads.RunAsync(proxy, _megabytes);
                await NoteAsync(new(kind, "downloads", 0, megabytes, seconds));
                Console.WriteLine($"| {kind} | {Text(megabytes, "0.0")}{Verdict(kind, megabytes, MostMegabytes)} "
                    + $"| {Text(seconds, "0.0")} |");
            }
        }
    }

    private GatewayProxy[] Shuffled(List<GatewayProxy> proxies)
    {
        var order = proxies.ToArray();
        _random.Shuffle(order);
        return order;
    }

    private Task NoteAsync(GatewayCell cell)
    {
        _cells.Add(cell);
        return results.WriteAsync(cell);
    }

    private void PrintRequests(List<string> names)
    {
        Console.WriteLine($"\nMedian [least .. most] of {_rounds} rounds, {Connections} connections, {_seconds} s "
            + "each; added: beside the upstream without a gateway in the same round");
        Console.WriteLine("| gateway | processor us/request | beside nginx | requests/s "
            + $"| p50 added at 1 connection, us | p50 added at {Rate}/s, us |\n|---|---|---|---|---|---|");
        foreach (var name in names)
        {
            var nginx = Values(GatewayProxy.Nginx, "cost");
            var ratios = Values(name, "cost").Zip(nginx, (own, other) => own / other).ToList();
            var one = Added(name, "one");
            var open = Added(name, "open");
            Console.WriteLine($"| {name} | {HttpBench.Spread(Values(name, "cost"), "0.0")} "
                + $"| {HttpBench.Spread(ratios, "0.00")}{Verdict(name, Median(ratios), MostCost)} "
                + $"| {HttpBench.Spread(Cells(name, "cost").Select(c => c.PerSecond), "0")} "
                + $"| {HttpBench.Spread(one, "0")}{Verdict(name, Median(one), MostAdded)} "
                + $"| {HttpBench.Spread(open, "0")}{Verdict(name, Median(open), MostAdded)} |");
        }
    }

    private List<double> Added(string name, string what) =>
        [.. Values(name, what).Zip(Values(Direct, what), (through, direct) => through - direct)];

    private List<double> Values(string name, string what) => [.. Cells(name, what).Select(c => c.Value)];

    private IEnumerable<GatewayCell> Cells(string name, string what) =>
        _cells.Where(c => c.Gateway == name && c.What == what).OrderBy(c => c.Round);

    // Only ours has targets.
    private static string Verdict(string name, double value, double target) =>
        name is GatewayProxy.Nginx or GatewayProxy.Haproxy or GatewayProxy.Go ? ""
            : $" {(value <= target ? "passed" : "MISSED")} {Text(target, "0.##")}";

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
