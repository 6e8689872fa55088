using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Experiments.Running;

/// <summary>Finds out what a request of a variant costs its server.</summary>
internal static class PilotRun
{
    private const double Seconds = 1;
    private const int BusyConnections = 16;
    private const double LeastCpu = 1e-6;

    /// <summary>
    /// Work whose costs are written down is left out, and only serving is measured, at a server that has no pause. Other
    /// work is measured twice: with one connection, where nothing waits for anything but itself, and with more for its
    /// processor time, of which one connection has little, beside what the server takes by itself.
    /// </summary>
    public static async Task<Pilot> RunAsync(
        Variant variant, Placement placement, Generator generator, CancellationToken stop)
    {
        var isKnown = variant.Work is { MemoryBytes: 0 };
        var tried = new Variant(variant.Label, variant.Model, variant.Work)
        {
            ServeArguments = isKnown ? ["--work", "io:0ms"] : variant.ServeArguments,
            Target = variant.Target,
            Path = variant.Path,
            Upstream = variant.Upstream,
        };
        await using var server = await VariantServer.StartAsync(tried, placement, generator, stop);
        var experiment = new Experiment
        {
            Title = "pilot",
            Question = "",
            Command = "",
            Work = "",
            Variants = [tried],
            Connections = [1],
            Seconds = Seconds,
        };
        await server.WarmUpAsync(Seconds, isKnown ? BusyConnections : 1, 0, stop);
        if (isKnown)
        {
            return new Pilot(
                variant.Work!.Wait.TotalSeconds,
                variant.Work.Compute.TotalSeconds + CpuOf(await MeasureAsync(BusyConnections)));
        }

        // In this order: one that serves one at a time works on for clients that have gone.
        var alone = await MeasureAsync(1);
        var cpu = CpuOf(await MeasureAsync(BusyConnections));
        return new Pilot(Math.Max(0, (alone.Latency!.Mean / 1e9) - cpu), cpu);

        async Task<LabCell> MeasureAsync(int connections)
        {
            var cell = await server.MeasureAsync(
                new LabCell { Model = variant.Label, Connections = connections, Round = 0 },
                experiment,
                0,
                _ => { },
                stop);
            return cell.Counts is { Completed: > 0 }
                ? cell
                : throw new ExperimentException(
                    $"{variant.Label} answers nothing well: {cell.FirstProblem ?? "no answer came within a second"}");
        }
    }

    // Where nobody says what it costs, it is more than nothing.
    private static double CpuOf(LabCell cell) =>
        Math.Max(LeastCpu, (cell.Costs?.CpuMicrosecondsPerRequest ?? 0) / 1e6);
}
