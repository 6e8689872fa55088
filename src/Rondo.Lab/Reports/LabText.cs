using System.Text;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports;

/// <summary>A result in the terminal: the answer first, then what it rests on.</summary>
internal static class LabText
{
    private static readonly (string Name, Func<LabLevel, string> Of)[] s_columns =
    [
        ("requests/s", l => Interval(l.Throughput, Figure.Number)),
        ("p50", l => Figure.Time(l.P50?.Value)),
        ("p90", l => Figure.Time(l.P90?.Value)),
        ("p99", l => Interval(l.P99, n => Figure.Time(n))),
        ("p99.9", l => Figure.Time(l.P999?.Value)),
        ("memory", l => Figure.Bytes(l.Costs?.ResidentBytes)),
        ("threads", l => Figure.Text($"{l.Costs?.Threads}")),
        ("CPU/req", l => Figure.Time(l.Costs?.CpuMicrosecondsPerRequest * 1e3)),
        ("switches/req", l => Figure.Number(
            l.Costs?.VoluntarySwitchesPerRequest + l.Costs?.InvoluntarySwitchesPerRequest)),
        ("alloc/req", l => Figure.Bytes(l.Costs?.AllocatedBytesPerRequest)),
        ("GC pause", l => Figure.Time(l.Costs?.PauseMilliseconds * 1e6)),
        ("errors", l => Figure.Text($"{l.Failed}")),
    ];

    public static string Write(LabResult result)
    {
        var text = new StringBuilder();
        text.Append(result.Title).Append("  ").Append(result.Question).Append('\n');
        if (result.IsPartial)
        {
            text.Append("interrupted: this is what was measured until then\n");
        }

        text.Append('\n').Append("answer   ").Append(result.Verdict?.Text ?? "There is nothing to judge.").Append("\n\n");
        text.Append(Throughput(result));
        text.Append('\n').Append(Levels(result));
        text.Append(SeriesTable.Write(result.Series));
        Section(text, "compared", Ratios(result));
        Section(text, "curves", result.Fits.Where(f => f.IsChosen).Select(Fit));
        Section(text, "checks", result.Checks.Select(Check));
        Section(text, "notes", result.Notes);
        Section(text, "problems", Problems(result));
        return text.ToString();
    }

    private static string Throughput(LabResult result)
    {
        var table = new Table();
        table.Add(
            ["requests/s (predicted)", .. result.Settings.Connections.Select(c => c + " conn")]);
        foreach (var model in result.Settings.Models)
        {
            table.Add(["  " + model, .. result.Settings.Connections.Select(c => Cell(result, model, c))]);
        }

        return table.ToString();
    }

    private static string Cell(LabResult result, string model, int connections)
    {
        var predicted = result.Predictions
            .FirstOrDefault(p => p.Model == model && p.Connections == connections)?.Throughput;
        var level = result.Levels.FirstOrDefault(l => l.Model == model && l.Connections == connections);
        var isTooShort = result.Cells.Any(c => c.Model == model && c.Connections == connections && c.IsTooShort);
        var measured = level?.Throughput is { } t ? Figure.Number(t.Value) : isTooShort ? "too short" : Figure.None;
        return $"{measured} ({Figure.Number(predicted)})";
    }

    private static string Levels(LabResult result)
    {
        var text = new StringBuilder();
        foreach (var connections in result.Settings.Connections)
        {
            var levels = result.Levels.Where(l => l.Connections == connections && l.Rounds > 0).ToList();
            if (levels.Count == 0)
            {
                continue;
            }

            var table = new Table();
            table.Add([$"{connections} conn", .. s_columns.Select(c => c.Name)]);
            foreach (var level in levels)
            {
                table.Add(["  " + level.Model, .. s_columns.Select(c => c.Of(level))]);
            }

            text.Append(table);
        }

        var rounds = result.Levels.Select(l => l.Rounds).DefaultIfEmpty().Max();
        return text.Length == 0 ? "" : text + (rounds > 1
            ? Figure.Text($"medians of {rounds} rounds; in brackets the interval of the median, with ")
                + Figure.Text($"{result.Levels.Max(l => l.Coverage):P1} confidence\n")
            : "one round: no interval\n");
    }

    private static string Interval(LabInterval? interval, Func<double?, string> of) =>
        interval is null ? Figure.None
        : interval.Low < interval.Value || interval.High > interval.Value
            ? $"{of(interval.Value)} [{of(interval.Low)}, {of(interval.High)}]"
        : of(interval.Value);

    private static IEnumerable<string> Ratios(LabResult result) => (result.Verdict?.Ratios ?? []).Select(r => Figure.Text(
        $"{r.Model} / {r.To}: {r.Ratio.Value:0.000} [{r.Ratio.Low:0.000}, {r.Ratio.High:0.000}], p = {r.PValue:0.###}"));

    private static string Fit(LabFit fit) =>
        $"{fit.Model}: {fit.Text} ({fit.Kind}: "
            + string.Join(", ", fit.Parameters.Select(p => Figure.Text(
                $"{p.Name} {p.Value.Value:G4} [{p.Value.Low:G4}, {p.Value.High:G4}]"))) + ")";

    /// <summary>A check in a line.</summary>
    public static string Check(LabCheck check)
    {
        return $"{(check.Pass ? "ok  " : "FAIL")} {check.Code}: {Of(check.Value)} (limit {Of(check.Limit)})"
            + (check.Pass ? "" : $", {check.Where}. See: rondo lab explain {check.Code}");

        string Of(double value) =>
            check.Unit == "%" ? Figure.Percent(value) : Figure.Text($"{value:0.###} {check.Unit}").Trim();
    }

    private static IEnumerable<string> Problems(LabResult result) => result.Cells
        .Where(c => c.Counts is { Failed: > 0 } && c.FirstProblem is not null)
        .Select(c => (c.Model, c.FirstProblem)).Distinct()
        .Select(p => $"{p.Model}: {p.FirstProblem}");

    private static void Section(StringBuilder text, string name, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            text.Append(name.PadRight(9)).Append(line).Append('\n');
            name = "";
        }
    }
}
