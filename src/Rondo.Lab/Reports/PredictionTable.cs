using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports;

/// <summary>What is expected, before it is measured.</summary>
internal static class PredictionTable
{
    public static string Write(IReadOnlyList<LabPrediction> predictions)
    {
        var connections = predictions.Select(p => p.Connections).Distinct().ToList();
        var isOpen = predictions.Any(p => p.WaitProbability is not null);
        var table = new Table();
        table.Add(
            ["predicted requests/s", .. connections.Select(c => c + " conn"), "at most", "knee at"]);
        foreach (var rows in predictions.GroupBy(p => p.Model))
        {
            table.Add(
            [
                "  " + rows.Key,
                .. rows.Select(p => Figure.Number(p.Throughput)),
                rows.First().Capacity is { } capacity ? Figure.Number(capacity) : "no limit",
                rows.First().Knee is { } knee ? Figure.Number(knee) + " conn" : Figure.None,
            ]);
        }

        table.Add(["predicted response time"]);
        foreach (var rows in predictions.GroupBy(p => p.Model))
        {
            table.Add(["  " + rows.Key, .. rows.Select(p => p.Response is { } r ? Figure.Time(r * 1e9) : "endless")]);
        }

        return table + (isOpen
            ? "  by M/M/c, arrivals at random; of the response time: the work, and the wait for a free server\n"
            : "  exact for one station with exponential times; never above the bounds min(N/(Z+D), c/D)\n");
    }
}
