using System.Globalization;
using Rondo.Charts.Pages;
using Rondo.Charts.Scales;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Reports.Plots;

namespace Rondo.Lab.Reports.Html;

/// <summary>The tables of what was measured and of what was predicted.</summary>
internal static class ResultRows
{
    private static readonly (string Name, Func<LabLevel, string> Of)[] Columns =
    [
        ("requests/s", l => HtmlText.Interval(l.Throughput, NumberText.Count)),
        ("p50", l => HtmlText.Value(Answered(l)?.P50?.Value, ResultView.Time)),
        ("p90", l => HtmlText.Value(Answered(l)?.P90?.Value, ResultView.Time)),
        ("p99", l => HtmlText.Interval(Answered(l)?.P99, ResultView.Time)),
        ("p99.9", l => HtmlText.Value(Answered(l)?.P999?.Value, ResultView.Time)),
        ("memory", l => HtmlText.Value(l.Costs?.ResidentBytes, NumberText.Bytes)),
        ("threads", l => HtmlText.Value(l.Costs?.Threads, NumberText.Count)),
        ("CPU per request", l => HtmlText.Value(l.Costs?.CpuMicrosecondsPerRequest * 1e-6, NumberText.Duration)),
        ("switches per request",
            l => HtmlText.Value(l.Costs is null ? null : CostPlot.Switches(l.Costs), NumberText.Digits)),
        ("errors", l => HtmlText.Value(l.Failed, NumberText.Count)),
    ];

    /// <summary>Every model where they are compared.</summary>
    public static void AddFocus(ChartPage page, ResultView view)
    {
        var measured = view.Models.Select(m => view.Level(m, view.Focus)).OfType<LabLevel>().ToList();
        var columns = Known(measured);
        var table = new HtmlTable($"Results at {ResultView.Connections(view.Focus)}")
            .Head(["Model", .. columns.Select(c => c.Name), "predicted"]);
        foreach (var model in view.Models)
        {
            var predicted = view.Prediction(model, view.Focus);
            var level = view.Level(model, view.Focus);
            var difference = level?.Difference is { } d ? $"<small>{HtmlText.Difference(d)}</small>" : "";
            table.Row(
                view.KeyOf(model),
                view.StyleOf(model),
                model,
                Tag(view, model),
                [
                    .. columns.Select((c, i) => level is { Throughput: not null } ? c.Of(level)
                        : i == 0 ? "<small>predicted only</small>"
                        : HtmlText.None),
                    HtmlText.Value(predicted?.Throughput, NumberText.Count) + difference,
                ]);
        }

        page.Section(
            $"Results at {ResultView.Connections(view.Focus)}",
            "Medians of the rounds, below them what the median lies between. The last column was computed before "
                + "the run: below it, how far the measurement is from it.");
        page.Add(table.ToString());
    }

    /// <summary>Prediction and measurement at every number of connections.</summary>
    public static void AddPredictions(ChartPage page, ResultView view)
    {
        var connections = view.Result.Settings.Connections;
        if (view.Result.Predictions.Count == 0)
        {
            return;
        }

        var table = new HtmlTable("Predictions and measurements").Head(
            ["Model", "at most", "knee at",
                .. connections.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c:#,0}"))]);
        foreach (var model in view.Models)
        {
            var first = view.Result.Predictions.FirstOrDefault(p => p.Model == model);
            table.Row(
                view.KeyOf(model),
                view.StyleOf(model),
                model,
                "",
                [
                    first?.Capacity is { } capacity ? NumberText.Count(capacity) : "no limit",
                    HtmlText.Value(first?.Knee, NumberText.Count),
                    .. connections.Select(c => Predicted(view, model, c)),
                ]);
        }

        page.Section(
            "Predicted and measured",
            "Requests per second by queueing theory for each number of connections, and how far the measurement is "
                + "from it; a dash where a pass takes longer than the measurement. A knee is where a model can do no "
                + "more, however many connections there are.");
        page.Add(table.ToString());
    }

    /// <summary>Every model at every number of connections.</summary>
    public static void AddAll(ChartPage page, ResultView view)
    {
        var levels = view.Result.Levels.Where(l => l.Rounds > 0).ToList();
        if (levels.Count == 0 || view.Result.Settings.Connections.Count < 2)
        {
            return;
        }

        var columns = Known(levels);
        var table =
            new HtmlTable("Every measurement", "dense").Head(["Model", "connections", .. columns.Select(c => c.Name)]);
        foreach (var level in levels)
        {
            table.Row(
                view.KeyOf(level.Model),
                view.StyleOf(level.Model),
                level.Model,
                "",
                [
                    string.Create(CultureInfo.InvariantCulture, $"{level.Connections:#,0}"),
                    .. columns.Select((c, i) => i == 0 ? c.Of(level) : WithoutInterval(c.Of(level))),
                ]);
        }

        page.Section("Every measurement", "");
        page.Add(table.ToString());
    }

    private static string Predicted(ResultView view, string model, int connections)
    {
        var level = view.Level(model, connections);
        var more = level?.Difference is { } difference ? HtmlText.Difference(difference)
            : level?.Throughput is null ? HtmlText.None
            : "";
        return HtmlText.Value(view.Prediction(model, connections)?.Throughput, NumberText.Count)
            + $"<small>{more}</small>";
    }

    // Where nobody was answered there are no times.
    private static LabLevel? Answered(LabLevel level) => level.Throughput is { Value: > 0 } ? level : null;

    // Without those of which nothing is known.
    private static List<(string Name, Func<LabLevel, string> Of)> Known(List<LabLevel> levels) =>
        [.. Columns.Where((c, i) => i == 0 || levels.Exists(l => c.Of(l) != HtmlText.None))];

    private static string WithoutInterval(string markup) =>
        markup.IndexOf("<small>", StringComparison.Ordinal) is > 0 and var at ? markup[..at] : markup;

    private static string Tag(ResultView view, string model) =>
        (view.Result.Verdict?.Kind, view.Named.Contains(model)) switch
        {
            (LabVerdict.Winner, true) => "the answer",
            (LabVerdict.NoDifference, true) => "equal",
            _ => "",
        };
}
