using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Experiments.Running;

/// <summary>Finds out how much a variant serves when more is asked of it than it can.</summary>
internal static class CapacityRun
{
    private const double Seconds = 2;
    private const int FewestConnections = 16;
    private const int MostConnections = 1024;

    /// <summary>Requests per second of a closed load of twice as many connections as theory says it can use.</summary>
    /// <exception cref="ExperimentException">It answers nothing well.</exception>
    public static async Task<double> MeasureAsync(
        Variant variant, Func<int, LabPrediction> predict, Placement placement, Generator generator, CancellationToken stop)
    {
        var connections = (int)Math.Clamp(
            Math.Ceiling(2 * (predict(1).Knee ?? double.MaxValue)), FewestConnections, MostConnections);
        var pass = predict(connections).Response ?? 0;
        var closed = variant with { Share = null };
        var experiment = new Experiment
        {
            Title = "capacity",
            Question = "",
            Command = "",
            Work = "",
            Variants = [closed],
            Connections = [connections],
            Seconds = Seconds,
        };
        await using var server = await VariantServer.StartAsync(closed, placement, generator, stop);
        await server.WarmUpAsync(null, connections, pass, stop);
        var cell = await server.MeasureAsync(
            new LabCell { Model = variant.Label, Connections = connections, Round = 0 }, experiment, pass, _ => { }, stop);
        return cell is { Counts.Completed: > 0 }
            ? cell.Throughput
            : throw new ExperimentException(
                $"{variant.Model ?? variant.Label} answers nothing well: {cell.FirstProblem ?? "no answer came"}");
    }
}
