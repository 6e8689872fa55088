using System.Diagnostics;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Experiments.Running;
using Rondo.Lab.Load;
using Rondo.Lab.Reports;

namespace Rondo.Lab;

/// <summary>
/// Says how an experiment goes: the prediction before it, then a line per cell; on a terminal also one that changes each
/// second.
/// </summary>
/// <param name="report">Takes what belongs to the result.</param>
/// <param name="live">Takes the rest.</param>
/// <param name="isTerminal">Whether a line of <paramref name="live"/> can be written over.</param>
internal sealed class LabProgress(TextWriter report, TextWriter live, bool isTerminal) : ExperimentObserver
{
    private const string ClearLine = "\r\x1b[K";
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const int MostBars = 20;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<long> _completed = [];
    private double _estimate;
    private double _measuringSince;
    private int _cells;
    private int _all;

    public override void IsPlanned(double seconds, double repeatSeconds)
    {
        var most = repeatSeconds > 0 ? $", {Figure.Clock(seconds + repeatSeconds)} where the machine is busy" : "";
        report.Write($"time     about {Figure.Clock(seconds)} in all{most}\n");
        report.Flush();
    }

    public override void MachineIsKnown(LabMachine machine)
    {
        var noise = machine.Noise;
        report.Write(
            $"machine  {machine.Processor}, {machine.Processors} processors, {machine.System}, {machine.Runtime}\n"
                + (machine.GeneratorProcessors.Count > 0
                    ? $"         generator on processor {string.Join(",", machine.GeneratorProcessors)}, "
                        + $"servers on {string.Join(",", machine.ServerProcessors)}\n"
                    : "         generator and servers share the processors\n")
                + $"noise    steal {Share(noise?.StealShare)}, others {Share(noise?.ForeignShare)} of a processor, "
                + $"calibration {Share(noise?.CalibrationDrift)} off, governor {machine.Governor ?? "unknown"}\n");
        report.Flush();
    }

    public override void IsPredicted(
        Experiment experiment, IReadOnlyList<LabPrediction> predictions, double seconds)
    {
        (_estimate, _measuringSince) = (seconds, Elapsed);
        var variants = experiment.Variants.ToDictionary(v => v.Label);
        var shorts = predictions.Count(p => p.WaitProbability is null
            && TimeTable.IsTooShort(experiment, variants[p.Model].LoadOf(p.Connections) / p.Throughput));
        _all = experiment.Rounds * (predictions.Count - shorts);
        report.Write($"question {experiment.Question}\n");
        if (experiment.Expectation is { } expectation)
        {
            report.Write($"expected {expectation}\n");
        }

        if (experiment.LookAt is { } lookAt)
        {
            report.Write($"look at  {lookAt}\n");
        }

        report.Write($"\n{PredictionTable.Write(predictions)}\n");
        report.Write($"time     about {Figure.Clock(seconds)} for {_all} cells: {experiment.Variants.Count} models, "
            + $"{experiment.Connections.Count} loads, {experiment.Rounds} rounds of {Figure.Number(experiment.Seconds)} s"
            + (shorts > 0 ? $"; {shorts} cells are too short and predicted only" : "") + "\n\n");
        report.Flush();
    }

    public override void SecondIsOver(LabCell cell, LoadSecond second)
    {
        if (!isTerminal)
        {
            return;
        }

        _completed.Add(second.Completed);
        var latency = second.Latency.Restore();
        live.Write($"{ClearLine}{Place(cell)}  {second.Completed}/s  p99 {Figure.Time(latency.Percentile(0.99))}  "
            + $"failed {second.Failed}  {Sparkline()}");
        live.Flush();
    }

    public override void CellIsOver(LabCell cell, string? noise)
    {
        _completed.Clear();
        live.Write((isTerminal ? ClearLine : "") + Place(cell)
            + $"  {Figure.Number(cell.Throughput)}/s  p50 {Figure.Time(cell.Latency?.P50)}  "
            + $"p99 {Figure.Time(cell.Latency?.P99)}"
            + (cell.Counts is { Failed: > 0 and var failed } ? $"  {failed} failed" : "")
            + (noise is null ? "" : $"  disturbed: {noise}") + "\n");
        live.Flush();
        _cells += cell.Attempt == 1 ? 1 : 0;
    }

    private double Elapsed => Stopwatch.GetElapsedTime(_started).TotalSeconds;

    private static string Share(double? share) => share is { } value ? Figure.Percent(value) : "unknown";

    private string Place(LabCell cell) =>
        $"{Figure.Clock(Elapsed - _measuringSince)}/{Figure.Clock(_estimate)}  "
            + (cell.Attempt == 1 ? $"{_cells + 1}/{_all}  " : "again  ") + $"round {cell.Round}  {cell.Model} at {cell.Connections}";

    private string Sparkline()
    {
        var last = _completed.TakeLast(MostBars).ToList();
        var most = Math.Max(1, last.Max());
        return string.Concat(last.Select(c => Bars[(int)(c * (Bars.Length - 1) / most)]));
    }
}
