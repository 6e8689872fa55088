using Rondo.Charts.Plots;
using Rondo.Charts.Scales;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Reports.Plots;

/// <summary>The whole distribution of the latency of each model, as far as the samples carry it.</summary>
internal static class PercentilePlot
{
    // As many must lie beyond a percentile for it to be more than chance.
    private const double FewestBeyond = 10;

    private static readonly double[] Shares =
        [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99995, 0.99999, 0.999999];

    public static LineChart? Of(ResultView view)
    {
        var series = view.Models.Select(m => Series(view, m)).Where(s => s.Points.Count > 0).ToList();
        return series.Count == 0 ? null : new LineChart(
            $"How long requests took at {ResultView.Connections(view.Focus)}",
            "Latency of each model by percentile, all rounds together; each further nine has the same room. "
                + "The time is the 99th percentile.",
            new ChartAxis(AxisKind.Percentile, "percentile of requests", NumberText.Percentile),
            new ChartAxis(
                AxisKind.Log,
                view.Result.Settings is { Rate: null, IsOpen: false } ? "service time" : "response time from when each request was due",
                NumberText.Duration),
            [.. series.OrderBy(s => view.Named.Contains(s.Name))]);
    }

    private static LineSeries Series(ResultView view, string model)
    {
        var histogram = new LatencyHistogram();
        foreach (var cell in view.Cells(model).Where(c => c.Latency is not null))
        {
            histogram.Add(cell.Latency!.Restore());
        }

        var shares = Shares.Where(s => s == 0 ? histogram.Count > 0 : (1 - s) * histogram.Count >= FewestBeyond);
        return new LineSeries(
            model,
            view.StyleOf(model),
            [.. shares.Select(s => new LinePoint(
                s, (s == 0 ? histogram.Min : histogram.Percentile(s)) * ResultView.Nanosecond))])
        {
            Suffix = view.Level(model, view.Focus)?.P99 is { } p99 ? ResultView.Time(p99.Value) : null,
        };
    }
}
