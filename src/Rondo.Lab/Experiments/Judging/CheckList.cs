using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Experiments.Judging;

/// <summary>Holds a result against what must be true of any honest one: the worst cell decides.</summary>
internal static class CheckList
{
    private const double Millisecond = 1e6;
    private const double Second = 1e9;
    private const double FewestPasses = 5;

    public static IReadOnlyList<LabCheck> Of(LabResult result)
    {
        var cells = result.Cells.Where(c => c.Counts is not null).ToList();
        if (cells.Count == 0)
        {
            return [];
        }

        LabCheck?[] checks =
        [
            Worst("steal", NoiseGate.MostSteal, "%", cells, c => c.Noise?.StealShare),
            Worst("throttling", 0, "", cells, c => c.Noise?.ThrottledPeriods),
            Worst("foreign-cpu", NoiseGate.MostForeign, "%", cells, c => c.Noise?.ForeignShare),
            Worst("calibration", NoiseGate.MostDrift, "%", cells, c => Absolute(c.Noise?.CalibrationDrift)),
            Worst("generator-cpu", NoiseGate.MostBusy, "%", cells, c => c.Generator?.BusiestThread),
            Worst("generator-starved", NoiseGate.MostStarved, "%", cells, c => c.Generator?.StarvedThread),
            Lateness(cells),
            result.Settings is { Rate: null, IsComparison: true }
                ? Little(cells)
                : null,
            result.Settings.ExpectsErrors ? null : Worst("errors", 0, "%", cells, FailedShare),
        ];
        return [.. checks.OfType<LabCheck>()];
    }

    // How far the connections that Little's law gives are off those that there were. It speaks of the long run: in a few
    // passes, a server that serves in no fair order shows more of its long waits, or of its short ones; and in one round
    // what is under way at the beginning is not what is at the end.
    private static LabCheck? Little(List<LabCell> cells) => cells
        .Where(c => c is { IsTooShort: false, Counts.Completed: > 0 }
            && c.ElapsedSeconds >= FewestPasses * c.Latency?.Mean / Second)
        .GroupBy(c => (c.Model, c.Connections, Load: c.LoadConnections ?? c.Connections))
        .Select(g => (g.Key, Value: Math.Abs((g.Average(c => c.BusyConnections) / g.Key.Load) - 1)))
        .OrderByDescending(g => g.Value)
        .Select(g => Check(
            "little", g.Value, NoiseGate.LittleTolerance, "%", $"{g.Key.Model} at {g.Key.Connections} connections"))
        .FirstOrDefault();

    private static double? FailedShare(LabCell cell) =>
        cell.Counts is { } counts && counts.Failed + counts.Completed > 0
            ? (double)counts.Failed / (counts.Failed + counts.Completed)
            : null;

    private static double? Absolute(double? value) => value is { } number ? Math.Abs(number) : null;

    // Late is what is late by a millisecond, and by a tenth of what is measured.
    private static LabCheck? Lateness(List<LabCell> cells) => cells
        .Where(c => c.Generator?.LatenessP99 is not null && c.Latency is not null)
        .Select(c => (
            Cell: c,
            Late: c.Generator!.LatenessP99!.Value / Millisecond,
            Limit: Math.Max(NoiseGate.LatestMilliseconds, NoiseGate.LatestShare * c.Latency!.P50 / Millisecond)))
        .OrderByDescending(c => c.Late / c.Limit)
        .Select(c => new LabCheck(
            "lateness",
            c.Late <= c.Limit,
            Math.Round(c.Late, 3),
            c.Limit,
            "ms",
            Where(c.Cell),
            Explanation.Of("lateness")!.Meaning))
        .FirstOrDefault();

    private static LabCheck? Worst(
        string code, double limit, string unit, List<LabCell> cells, Func<LabCell, double?> of) => cells
        .Select(c => (Cell: c, Value: of(c)))
        .Where(c => c.Value is not null)
        .OrderByDescending(c => c.Value)
        .Select(c => Check(code, c.Value!.Value, limit, unit, Where(c.Cell)))
        .FirstOrDefault();

    private static LabCheck Check(string code, double value, double limit, string unit, string where) => new(
        code, value <= limit, Math.Round(value, 5), limit, unit, where, Explanation.Of(code)!.Meaning);

    private static string Where(LabCell cell) =>
        $"{cell.Model} at {cell.Connections} connections, round {cell.Round}";
}
