using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>
/// What a request costs on each transport: processor time of the whole server process, server on core 0 and wrk on
/// core 1. All servers are alive at once and measured in turn, so that what else the machine does hits all alike;
/// ratios are taken within a round.
/// </summary>
internal static class TransportBench
{
    private const int FirstPort = 9721;
    private const int Rounds = 6;
    private const int Seconds = 3;
    private const int WarmConnections = 64;
    private const int WarmSeconds = 5;
    private const int WindowSeconds = 2;
    private const int MostWindows = 8;
    private const double Settled = 0.03;

    private static readonly Handler Constant = new("constant", "/");
    private static readonly Handler MinimalApi = new("minimal API", "/convert/GBP/100");
    private static readonly Handler Chunked = new("minimal API, chunked", "/chunked/GBP/100");

    public static async Task RunAsync(bool isQuick)
    {
        await using var results = TransportResults.Open("./dev bench transport" + (isQuick ? " --quick" : ""));
        (Handler, int)[] rows =
        [
            .. from handler in (Handler[])[Constant, MinimalApi]
               from connections in isQuick ? [64] : (int[])[1, 16, 64, 256, 1000]
               select (handler, connections),
            .. isQuick ? [] : ((Handler, int)[])[(Chunked, 64)],
        ];
        await MeasureRequestsAsync(rows, results);
        if (!isQuick)
        {
            await IdleBench.RunAsync(results);
        }

        Console.WriteLine($"Every cell is in {results.Path}");
    }

    /// <summary>One cell.</summary>
    public static TransportSample Measure(ServerProcess server, string path, int connections, int seconds)
    {
        var (cpu, machine) = (server.CpuSeconds, MachineTime.Now());
        var client = Wrk.Run(server.Port, path, connections, seconds);
        var (used, after) = (server.CpuSeconds - cpu, MachineTime.Now());
        return new TransportSample(
            used / client.Requests * 1e6,
            client,
            Math.Max(0, after.Busy - machine.Busy - used - (client.CoreShare * client.Elapsed)) / client.Elapsed,
            (after.Stolen - machine.Stolen) / client.Elapsed);
    }

    private static async Task MeasureRequestsAsync((Handler Handler, int Connections)[] rows, TransportResults results)
    {
        var servers = new List<ServerProcess>();
        try
        {
            foreach (var (place, kind) in TransportServer.Kinds.Index())
            {
                servers.Add(await ServerProcess.StartTransportAsync(kind, FirstPort + place));
            }

            foreach (var server in servers.Where(s => s.Name != TransportServer.Limit))
            {
                var change = Warm(server);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{server.Name} is warm: last two windows differ by {change:P1}"));
            }

            PrintHead();
            foreach (var (handler, connections) in rows)
            {
                Print(handler.Name, connections, await CellsAsync(servers, handler, connections, results));
            }
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>Runs until two windows in a row cost the same; the compiler is done then.</summary>
    /// <returns>How much the last two still differed.</returns>
    private static double Warm(ServerProcess server)
    {
        Handler[] handlers = [Constant, MinimalApi, Chunked];
        foreach (var handler in handlers)
        {
            Wrk.Run(server.Port, handler.Path, WarmConnections, WarmSeconds);
        }

        var (last, change) = (double.MaxValue, double.MaxValue);
        for (var window = 0; window < MostWindows && change > Settled; window++)
        {
            var now = handlers[..2].Sum(h => Measure(server, h.Path, WarmConnections, WindowSeconds / 2).Microseconds);
            (last, change) = (now, Math.Abs(now - last) / now);
        }

        return change;
    }

    private static async Task<List<TransportCell>> CellsAsync(
        List<ServerProcess> servers, Handler handler, int connections, TransportResults results)
    {
        var cells = new List<TransportCell>();
        for (var round = 0; round < Rounds; round++)
        {
            // There and back: a drift within a round favours nobody.
            foreach (var server in round % 2 == 0 ? servers : Enumerable.Reverse(servers))
            {
                var isLimit = server.Name == TransportServer.Limit;
                var allocated = isLimit ? 0 : await server.AllocatedAsync();
                var sample = Measure(server, handler.Path, connections, Seconds);
                var requests = sample.Client.Requests;
                var bytes = isLimit ? 0 : await server.AllocatedAsync() - allocated;
                var cell = new TransportCell(
                    handler.Name, connections, server.Name, round, sample.Microseconds, (double)bytes / requests,
                    requests / sample.Client.Seconds, sample.Client.CoreShare, sample.OtherCores, sample.StolenCores);
                cells.Add(cell);
                await results.WriteAsync(cell);
            }
        }

        return cells;
    }

    private static void PrintHead()
    {
        var kinds = TransportServer.Kinds;
        Console.WriteLine($"\nProcessor us/request of the server, {Rounds} rounds of {Seconds} s in turn: median "
            + "[min .. max]; * = wrk used over 95 % of its core in the median round");
        Console.WriteLine($"| handler | connections |{string.Concat(kinds.Select(k => $" {k} |"))} loop / stock "
            + "| loop / inline | loop / limit | bytes/request stock, loop | others' cores |");
        Console.WriteLine($"|---|---|{string.Concat(kinds.Select(_ => "---|"))}---|---|---|---|---|");
    }

    private static void Print(string handler, int connections, List<TransportCell> cells)
    {
        var of = cells.GroupBy(c => c.Server).ToDictionary(g => g.Key, g => g.OrderBy(c => c.Round).ToList());
        var figures = TransportServer.Kinds.Select(kind =>
            Median(of[kind].Select(c => c.Microseconds)).ToString("0.0", CultureInfo.InvariantCulture)
                + (Median(of[kind].Select(c => c.ClientCoreShare)) > TransportCell.SaturatedShare ? "*" : ""));
        var ratios = new[] { TransportServer.Stock, TransportServer.Inline, TransportServer.Limit }.Select(other =>
            HttpBench.Spread(
                of[TransportServer.Loop].Zip(of[other], (ours, theirs) => ours.Microseconds / theirs.Microseconds),
                "0.00"));
        var bytes = new[] { TransportServer.Stock, TransportServer.Loop }.Select(kind =>
            Median(of[kind].Select(c => c.AllocatedBytes)).ToString("0", CultureInfo.InvariantCulture));
        var others = HttpBench.Spread(cells.Select(c => c.OtherCores + c.StolenCores), "0.00");
        Console.WriteLine($"| {handler} | {connections} | {string.Join(" | ", figures)} | {string.Join(" | ", ratios)} "
            + $"| {string.Join(", ", bytes)} | {others} |");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private sealed record Handler(string Name, string Path);
}
