using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>
/// Several servers, all alive at once and measured in turn, so that what else the machine does hits all alike; ratios
/// are taken within a round.
/// </summary>
/// <param name="kinds">The servers, in the order of the table.</param>
/// <param name="ratios">Which are compared: whose time is divided by whose.</param>
/// <param name="firstPort">Where the first listens.</param>
/// <param name="results">Where each cell goes.</param>
internal sealed class TransportRun(
    IReadOnlyList<string> kinds,
    IReadOnlyList<(string Ours, string Other)> ratios,
    int firstPort,
    TransportResults results)
{
    private const int Rounds = 6;
    private const int Seconds = 3;
    private const double SecondsAround = 0.25;
    private const int WarmConnections = 64;
    private const int WarmSeconds = 5;
    private const int MostWindows = 8;
    private const double Settled = 0.03;
    private const int UsualWarmSeconds = 25;

    private readonly List<ServerProcess> _servers = [];
    private int _missed;

    private TimeSpan OfRow => TimeSpan.FromSeconds(kinds.Count * Rounds * (Seconds + SecondsAround));

    /// <summary>How long it usually takes.</summary>
    public TimeSpan Estimate(IReadOnlyList<TransportRow> rows) => (rows.Count * OfRow)
        + TimeSpan.FromSeconds(kinds.Count(k => !TransportServer.IsProgram(k)) * UsualWarmSeconds);

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

    /// <param name="rows">What is measured.</param>
    /// <param name="afterwards">How long what follows takes, for the estimate.</param>
    public async Task RunAsync(IReadOnlyList<TransportRow> rows, TimeSpan afterwards)
    {
        Tell($"This takes about {Minutes(Estimate(rows) + afterwards)}.");
        try
        {
            foreach (var (place, kind) in kinds.Index())
            {
                _servers.Add(await ServerProcess.StartTransportAsync(kind, firstPort + place));
            }

            foreach (var server in _servers.Where(s => !TransportServer.IsProgram(s.Name)))
            {
                Tell(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{server.Name} is warm: the last two windows differ by {Warm(server):P1}"));
            }

            PrintHead();
            foreach (var (place, row) in rows.Index())
            {
                Tell($"{row.Handler.Name}, {row.Connections} connections: {place + 1} of {rows.Count}, "
                    + $"{Minutes(((rows.Count - place) * OfRow) + afterwards)} left");
                Print(row, await CellsAsync(row));
            }

            Console.WriteLine(_missed == 0 ? "Every target is met." : $"{_missed} targets are missed.");
        }
        finally
        {
            foreach (var server in _servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>Runs until two windows in a row cost the same; the compiler is done then.</summary>
    /// <returns>How much the last two still differed.</returns>
    private static double Warm(ServerProcess server)
    {
        TransportHandler[] handlers = [TransportHandler.Constant, TransportHandler.Chunked, TransportHandler.Convert];
        foreach (var handler in handlers)
        {
            Wrk.Run(server.Port, handler.Path, WarmConnections, WarmSeconds);
        }

        var (last, change) = (double.MaxValue, double.MaxValue);
        for (var window = 0; window < MostWindows && change > Settled; window++)
        {
            var now = Measure(server, TransportHandler.Constant.Path, WarmConnections, 1).Microseconds
                + Measure(server, TransportHandler.Convert.Path, WarmConnections, 1).Microseconds;
            (last, change) = (now, Math.Abs(now - last) / now);
        }

        return change;
    }

    private async Task<List<TransportCell>> CellsAsync(TransportRow row)
    {
        var cells = new List<TransportCell>();
        for (var round = 0; round < Rounds; round++)
        {
            // There and back: a drift within a round favours nobody.
            foreach (var server in round % 2 == 0 ? _servers : Enumerable.Reverse(_servers))
            {
                var counts = !TransportServer.IsProgram(server.Name);
                var allocated = counts ? await server.AllocatedAsync() : 0;
                var sample = Measure(server, row.Handler.Path, row.Connections, Seconds);
                var requests = sample.Client.Requests;
                var bytes = counts ? await server.AllocatedAsync() - allocated : 0;
                var cell = new TransportCell(
                    row.Handler.Name, row.Connections, server.Name, round, sample.Microseconds,
                    (double)bytes / requests, requests / sample.Client.Seconds, sample.Client.CoreShare,
                    sample.OtherCores, sample.StolenCores);
                cells.Add(cell);
                await results.WriteAsync(cell);
            }
        }

        return cells;
    }

    private void PrintHead()
    {
        Console.WriteLine($"\nProcessor us/request of the server, {Rounds} rounds of {Seconds} s in turn: median "
            + "[min .. max]; * = wrk used over 95 % of its core in the median round; ratios: passed or MISSED, target");
        Console.WriteLine($"| handler | connections |{string.Concat(kinds.Select(k => $" {k} |"))}"
            + $"{string.Concat(ratios.Select(r => $" {r.Ours} / {r.Other} |"))} bytes/request | others' cores |");
        Console.WriteLine($"|---|---|{string.Concat(Enumerable.Repeat("---|", kinds.Count + ratios.Count))}---|---|");
    }

    private void Print(TransportRow row, List<TransportCell> cells)
    {
        var of = cells.GroupBy(c => c.Server).ToDictionary(g => g.Key, g => g.OrderBy(c => c.Round).ToList());
        var figures = kinds.Select(kind =>
            HttpBench.Spread(of[kind].Select(c => c.Microseconds), "0.0")
                + (Median(of[kind].Select(c => c.ClientCoreShare)) > TransportCell.SaturatedShare ? "*" : ""));
        var compared = ratios.Select(r => Ratio(row, r.Ours, r.Other, of[r.Ours].Zip(
            of[r.Other], (ours, other) => ours.Microseconds / other.Microseconds)));
        var bytes = kinds.Where(kind => !TransportServer.IsProgram(kind)).Select(kind => string.Create(
            CultureInfo.InvariantCulture, $"{kind} {Median(of[kind].Select(c => c.AllocatedBytes)):0}"));
        var others = HttpBench.Spread(cells.Select(c => c.OtherCores + c.StolenCores), "0.00");
        Console.WriteLine($"| {row.Handler.Name} | {row.Connections} | {string.Join(" | ", figures)} "
            + $"| {string.Join(" | ", compared)} | {string.Join(", ", bytes)} | {others} |");
    }

    private string Ratio(TransportRow row, string ours, string other, IEnumerable<double> rounds)
    {
        var values = rounds.ToList();
        var text = HttpBench.Spread(values, "0.00");
        if (row.Target(ours, other) is not { } target)
        {
            return text;
        }

        var isMet = Median(values) <= target;
        _missed += isMet ? 0 : 1;
        return string.Create(CultureInfo.InvariantCulture, $"{text} {(isMet ? "passed" : "MISSED")} {target:0.00}");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Minutes(TimeSpan time) => string.Create(
        CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(time.TotalMinutes)):0} min");

    // The table alone is the output.
    private static void Tell(string progress) => Console.Error.WriteLine(progress);
}
