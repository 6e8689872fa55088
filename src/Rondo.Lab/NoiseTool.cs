using Rondo.Lab.Experiments;
using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Experiments.Running;
using Rondo.Lab.Load;
using Rondo.Lab.Models;
using Rondo.Lab.Reports;
using Rondo.Lab.Statistics;

namespace Rondo.Lab;

/// <summary>
/// <c>rondo lab noise</c>: a model measured against itself. What differs then is the machine, and smaller differences
/// cannot be seen on it.
/// </summary>
internal static class NoiseTool
{
    private const int Pairs = 6;
    private const int Connections = 16;
    private const double LeastSeconds = 0.2;

    /// <param name="seconds">How long to measure in all, without what starting takes.</param>
    /// <param name="output">Takes the report.</param>
    /// <param name="error">Takes how it goes, and what went wrong.</param>
    /// <param name="isTerminal">Whether a line of <paramref name="error"/> can be written over.</param>
    public static async Task<int> RunAsync(double seconds, TextWriter output, TextWriter error, bool isTerminal)
    {
        using var interruption = new Interruption();
        try
        {
            using var run = new ExperimentRun(Plan(seconds), Placement.Automatic(), new Lines(error, isTerminal));
            var result = Analysis.Complete(await run.RunAsync(interruption.Token));
            if (interruption.HasCome)
            {
                await error.WriteLineAsync("rondo: interrupted before there was anything to report");
                return LoadExit.Interrupted;
            }

            Write(result, output);
            return result.Checks.All(c => c.Pass) ? LoadExit.Ok : LoadExit.NotMeasurable;
        }
        catch (Exception e) when (e is ExperimentException or LoadException)
        {
            await error.WriteLineAsync("rondo: " + e.Message);
            return LoadExit.TargetFailed;
        }
    }

    // Work that is nothing but serving, at a load that keeps a processor busy: whatever takes time from it shows.
    private static Experiment Plan(double seconds)
    {
        var work = new WorkSpec(TimeSpan.Zero, TimeSpan.Zero, 0);
        Variant Loop(string name) => new(name, "loop", work) { ServeArguments = ["--work", "io:0ms"] };
        return new Experiment
        {
            Title = "noise",
            Question = "How much does a model differ from itself?",
            Work = "io:0ms",
            Variants = [Loop("A"), Loop("B")],
            Connections = [Connections],
            Rounds = Pairs,
            Seconds = Math.Max(LeastSeconds, seconds / (2 * Pairs)),
            WarmupSeconds = 0.8,
            Command = "rondo lab noise",
            IsQuick = true,
        };
    }

    private static void Write(LabResult result, TextWriter output)
    {
        var (a, b) = (Throughputs(result, "A"), Throughputs(result, "B"));
        var ratio = PairedRatio.Of(a, b, result.Settings.Seed);
        var smallest = Math.Max(ratio.High / ratio.Value, ratio.Value / ratio.Low) - 1;
        var spread = Figure.Text($"{a.Concat(b).Min():0} to {a.Concat(b).Max():0}");
        output.Write(
            $"a loop against itself: {Pairs} pairs of {Figure.Number(result.Settings.DurationSeconds)} s, "
                + $"{spread} requests/s\n"
                + Figure.Text($"A / B                  {ratio.Value:0.000} [{ratio.Low:0.000}, {ratio.High:0.000}]\n")
                + $"smallest difference    {Figure.Percent(Math.Max(smallest, Math.Abs(ratio.Value - 1)))}\n");
        foreach (var check in result.Checks.Where(c => c.Code is not ("little" or "errors" or "generator-cpu")))
        {
            output.Write(LabText.Check(check) + "\n");
        }
    }

    private static List<double> Throughputs(LabResult result, string name) =>
        [.. result.Cells.Where(c => c.Model == name).OrderBy(c => c.Round).Select(c => c.Throughput)];

    private sealed class Lines(TextWriter live, bool isTerminal) : ExperimentObserver
    {
        public override void CellIsOver(LabCell cell, string? noise)
        {
            if (isTerminal)
            {
                live.Write($"\r\x1b[K{cell.Round}/{Pairs}  {cell.Model}  {Figure.Number(cell.Throughput)}/s");
                live.Write(cell.Round == Pairs && cell.Model == "B" ? "\r\x1b[K" : "");
                live.Flush();
            }
        }
    }
}
