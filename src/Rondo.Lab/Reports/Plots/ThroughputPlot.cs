using System.Globalization;
using Rondo.Charts.Plots;
using Rondo.Charts.Scales;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports.Plots;

/// <summary>Throughput against connections, measured and predicted.</summary>
internal static class ThroughputPlot
{
    public static LineChart? Of(ResultView view)
    {
        var connections = view.Result.Settings.Connections;
        return connections.Count < 2 || view.Result.Levels.Count == 0 ? null : new LineChart(
            "Throughput as connections grow",
            "Completed requests per second of each model against the number of open connections, both on log scales. "
                + "Dotted: what was predicted.",
            new ChartAxis(AxisKind.Log, "open connections", c => c.ToString("0", CultureInfo.InvariantCulture))
            {
                Named = [.. connections.Select(c => (double)c)],
            },
            new ChartAxis(AxisKind.Log, "requests per second", NumberText.Count),
            [.. view.Models.Select(m => Series(view, m)).OrderBy(s => view.Named.Contains(s.Name))])
        {
            Band = new ChartBand(view.Focus, view.Focus, $"compared at {ResultView.Connections(view.Focus)}"),
        };
    }

    private static LineSeries Series(ResultView view, string model)
    {
        var fit = view.Result.Fits.FirstOrDefault(f => f.Model == model && f.IsChosen);
        return new LineSeries(
            model,
            view.StyleOf(model),
            [.. view.Result.Levels.Where(l => l.Model == model).OrderBy(l => l.Connections).Select(Point)])
        {
            Predicted =
            [
                .. view.Result.Predictions.Where(p => p.Model == model).OrderBy(p => p.Connections)
                    .Select(p => new LinePoint(p.Connections, p.Throughput)),
            ],
            Ring = fit?.Peak is { } peak ? Saturated(view, model, peak.Value) : null,
        };
    }

    // The first measured point from where the curve says that it grows no more.
    private static LinePoint? Saturated(ResultView view, string model, double peak) => view.Result.Levels
        .Where(l => l.Model == model && l.Throughput is not null && l.Connections >= peak * 0.98)
        .OrderBy(l => l.Connections).Select(l => (LinePoint?)Point(l)).FirstOrDefault();

    private static LinePoint Point(LabLevel level) => level.Throughput is { } t
        ? new LinePoint(level.Connections, t.Value, t.Low, ResultView.IsEndless(t.High) ? null : t.High)
        : new LinePoint(level.Connections, double.NaN);
}
