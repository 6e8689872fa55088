using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Tests.Reports;

/// <summary>
/// A result that nobody has measured: what queueing theory says of 50 ms of waiting, with a little spread that
/// depends on nothing but the place of a cell.
/// </summary>
internal static class SyntheticResult
{
    private const double Wait = 0.05;
    private const double Work = 0.0001;
    private const int Seconds = 2;

    public static LabResult Of(
        string[]? models = null, int[]? connections = null, int rounds = 6, Func<LabResult, LabResult>? change = null)
    {
        models ??= ["sync", "broken", "loop", "pool:64", "proc:8"];
        connections ??= [1, 16, 64, 256];
        var predictions = from model in models
                          from count in connections
                          let known = model.Contains('/', StringComparison.Ordinal) ? "loop" : model
                          select Forecast.Of(model, Forecast.QueueOf(known, Wait, Work, 2), count, rate: null);
        var cells = from round in Enumerable.Range(1, rounds)
                    from model in models
                    from count in connections
                    select Cell(model, count, round);
        var result = new LabResult
        {
            Title = "synthetic: io:50ms",
            Scenario = "await-or-block",
            Question = "Which model serves the most requests that wait for 50 ms?",
            Expectation = "One at a time serves 20 requests/s; the loop serves 20 for each connection.",
            Command = "rondo lab run --work io:50ms --seed 42",
            StartedAt = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
            ElapsedSeconds = 312,
            Machine = new LabMachine(
                "Invented Processor", 2, 8L << 30, "Linux 6.1", ".NET 10.0", null, null, [0], [1],
                new LabNoise(0.001, 0, 0.01, 0)),
            Settings = new LabSettings("io:50ms", models, connections, rounds, Seconds, null, 42, null, false, 0.05),
            Predictions = [.. predictions],
            Cells = [.. cells],
            Series =
            [
                new LabSeries(
                    "Memory of idle connections", "loop", "idle connections", "KiB", false,
                    [new(0, 40_000), new(1000, 52_000)]),
            ],
        };
        return Analysis.Complete(change is null ? result : change(result));
    }

    private static LabCell Cell(string model, int connections, int round)
    {
        var servers =
            model switch { "sync" or "broken" => 1, "proc:8" => 8, "pool:64" => 64, "exec:32" => 32, _ => 9000 * Wait };
        var spread = 1 + (0.004 * (((round * 7) + connections + model.Length) % 5 - 2));
        var throughput = Math.Min(connections, servers) / Wait * spread;
        var mean = connections / throughput;
        if (mean > 2 * Seconds)
        {
            return new LabCell { Model = model, Connections = connections, Round = round, IsTooShort = true };
        }

        var histogram = Latencies(mean, (long)(throughput * Seconds));
        var turn = model is "loop" ? 1.5 : model is "broken" ? Math.Min(connections, 16) * 50.0 : (double?)null;
        return new LabCell
        {
            Model = model,
            Connections = connections,
            Round = round,
            ElapsedSeconds = Seconds,
            Counts = new LabCounts(histogram.Count, 0, 0, 0, 0, 0, 0, 0, connections),
            Throughput = throughput,
            Latency = LabLatency.Of(histogram),
            BusyConnections = connections,
            Costs = new LabCosts(
                (30L + model.Length + (connections / 8)) << 20, 4 + connections, 1, 1.5, 0.25, 60 + (4 * model.Length),
                1200, 2, 1.25),
            Seconds = [.. Enumerable.Range(0, Seconds).Select(s => new LabSecond(
                s, histogram.Count / Seconds, 0, LabSecond.BinsOf(histogram)))],
            ServerSeconds = turn is null ? [] : [.. Enumerable.Range(0, Seconds).Select(s => new LabServerSecond(
                s + 0.01, 5, 40 << 20, null, 2000, turn > 100 ? 3 : 0, turn))],
            Generator = new LabGenerator(0.4, 0.01, null),
            Noise = new LabNoise(0.001, 0, 0.01, 0.002),
        };
    }

    private static LatencyHistogram Latencies(double mean, long count)
    {
        var histogram = new LatencyHistogram();
        for (var i = 0; i < 100; i++)
        {
            var share = (i + 0.5) / 100;
            histogram.Record((long)(mean * 1e9 * (0.98 + (0.01 * -Math.Log(1 - share)))), Math.Max(1, count / 100));
        }

        return histogram;
    }
}
