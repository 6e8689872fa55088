using Rondo.Charts.Plots;
using Rondo.Charts.Scales;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports.Plots;

/// <summary>The diagrams that one experiment alone has.</summary>
internal static class SeriesPlots
{
    // From this ratio on, the small values would lie on the axis.
    private const double WideRange = 200;

    public static IReadOnlyList<LineChart> Of(ResultView view) =>
        [.. view.Result.Series.GroupBy(s => s.Chart).Select(g => Chart(view, g.Key, [.. g]))];

    private static LineChart Chart(ResultView view, string title, IReadOnlyList<LabSeries> series)
    {
        var names = series.Select(s => s.Name).Distinct().ToList();
        return new LineChart(
            title,
            $"{series[0].YLabel} against {series[0].XLabel}: {string.Join(", ", names)}."
                + (series.Any(s => s.IsPredicted) ? " Dotted: what was predicted." : ""),
            Axis(series[0].XLabel, series.SelectMany(s => s.Points).Select(p => p.X)),
            Axis(series[0].YLabel, series.SelectMany(s => s.Points).Select(p => p.Y)),
            [.. names.Select(n => new LineSeries(n, Index(n), Points(n, isPredicted: false))
            {
                Predicted = Points(n, isPredicted: true),
            })]);

        int Index(string name) => view.Models.Contains(name) ? view.StyleOf(name) : names.IndexOf(name);

        IReadOnlyList<LinePoint> Points(string name, bool isPredicted) =>
        [
            .. series.Where(s => s.Name == name && s.IsPredicted == isPredicted).SelectMany(s => s.Points)
                .Select(p => new LinePoint(p.X, p.Y)),
        ];
    }

    private static ChartAxis Axis(string title, IEnumerable<double> values)
    {
        var sound = values.Where(double.IsFinite).ToList();
        var isLog = sound.Count > 0 && sound.Min() > 0 && sound.Max() / sound.Min() > WideRange;
        return new ChartAxis(isLog ? AxisKind.Log : AxisKind.Linear, title, NumberText.Count)
        {
            From = isLog ? null : 0,
        };
    }
}
