using System.Globalization;
using Rondo.Charts.Pages;
using Rondo.Charts.Plots;
using Rondo.Charts.Scales;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Tool;

/// <summary>
/// The result as one page without anything from elsewhere: the figures, the charts, the report and the JSON.
/// </summary>
internal static class LoadHtml
{
    private const double Nanosecond = 1e-9;

    // As many must lie beyond a percentile for it to be more than chance.
    private const double FewestBeyond = 10;

    private static readonly double[] Shares =
        [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999];

    public static string Write(LoadPlan plan, LoadResult result, string report, string json)
    {
        var page = Begin(plan, result);
        page.Section("Report", "");
        page.Add($"<pre tabindex=\"0\">{ChartPage.Text(report)}</pre>");
        page.Data(json);
        return Text(page);
    }

    /// <summary>The figures and charts alone.</summary>
    public static string Write(LoadPlan plan, LoadResult result) => Text(Begin(plan, result));

    private static ChartPage Begin(LoadPlan plan, LoadResult result)
    {
        var title = Text($"{NumberText.Count(result.Throughput)} requests/s from {plan.Url}");
        var latency = result.Latency.Restore();
        var page = new ChartPage(title);
        page.Add("<div class=\"bar\"><div class=\"kind\">rondo load</div>"
            + "<button id=\"theme\" type=\"button\" hidden>Light / dark</button></div>");
        page.Add($"<h1>{ChartPage.Text(title)}</h1>");
        page.Add("<dl class=\"facts\">" + string.Concat(Facts(result, latency).Select(
            f => $"<div><dt>{f.Name}</dt><dd>{ChartPage.Text(f.Value)}"
                + $"<small>{ChartPage.Text(f.More)}</small></dd></div>"))
            + "</dl>");
        AddSeconds(page, result);
        AddLatency(page, plan, result, latency);
        return page;
    }

    private static string Text(ChartPage page)
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        page.Write(output);
        return output.ToString();
    }

    private static IEnumerable<(string Name, string Value, string More)> Facts(
        LoadResult result, LatencyHistogram latency)
    {
        yield return ("Completed", NumberText.Count(result.Counts.Completed),
            Text($"requests in {result.ElapsedSeconds:0.0} s"));
        yield return ("Median", Time(latency, 0.5), $"90 % within {Time(latency, 0.9)}");
        yield return ("99th percentile", Time(latency, 0.99), $"the slowest took {Time(latency, 1)}");
        yield return ("Failed", NumberText.Count(result.Counts.Failed),
            Text($"{result.Counts.AbortedAtEnd:#,0} cut off at the end"));
    }

    private static void AddSeconds(ChartPage page, LoadResult result)
    {
        page.Section("Completed requests in each second", "");
        page.Chart(
            Seconds("requests per second", NumberText.Count, result.Seconds.Select(s => (double)s.Completed)).Draw,
            ChartSize.Wide with { Height = 260 });
        page.Section("99th percentile of each second", "");
        page.Chart(
            Seconds(
                "latency",
                NumberText.Duration,
                result.Seconds.Select(s => s.Latency.Restore())
                    .Select(h => h.Count == 0 ? double.NaN : At(h, 0.99))).Draw,
            ChartSize.Wide with { Height = 260 });
    }

    private static void AddLatency(ChartPage page, LoadPlan plan, LoadResult result, LatencyHistogram latency)
    {
        var points = Shares.Where(s => latency.Count > 0 && (s == 0 || (1 - s) * latency.Count >= FewestBeyond))
            .Select(s => new LinePoint(s, At(latency, s)));
        var chart = new LineChart(
            "How long requests took",
            "Latency by percentile; each further nine has the same room.",
            new ChartAxis(AxisKind.Percentile, "percentile of requests", NumberText.Percentile),
            new ChartAxis(AxisKind.Log, plan.IsOpen ? "response time" : "service time", NumberText.Duration),
            [new LineSeries("", 0, [.. points])]);
        page.Section(chart.Title, plan.IsOpen
            ? "Time counts from when each request was due, so that a stall is charged to every request that it delayed."
            : "Time from when a connection was free to the whole answer; a closed load asks a slow server less.");
        page.Chart(chart.Draw, ChartSize.Wide);
        var map = new HeatMap(
            "Latency over time", "Requests by when they ended and how long they took.", "", 1, [.. Samples(result)]);
        page.Section(map.Title, "Darker is more requests; each step of colour is a multiple of their number.");
        page.Chart(map.Draw, ChartSize.Wide with { Height = 300 });
    }

    private static LineChart Seconds(string title, Func<double, string> format, IEnumerable<double> values) => new(
        title,
        "By the second of the run.",
        new ChartAxis(AxisKind.Linear, "seconds", NumberText.Digits),
        new ChartAxis(AxisKind.Linear, title, format) { From = 0 },
        [new LineSeries("", 0, [.. values.Select((v, i) => new LinePoint(i, v))])]);

    private static IEnumerable<HeatSample> Samples(LoadResult result)
    {
        foreach (var second in result.Seconds)
        {
            var histogram = second.Latency.Restore();
            for (var slot = 0; slot < histogram.Slots.Length; slot++)
            {
                if (histogram.Slots[slot] > 0)
                {
                    yield return new HeatSample(
                        second.Second, LatencyHistogram.HighestOf(slot) * Nanosecond, histogram.Slots[slot]);
                }
            }
        }
    }

    private static string Time(LatencyHistogram latency, double share) =>
        latency.Count == 0 ? "–" : NumberText.Duration(At(latency, share));

    private static double At(LatencyHistogram latency, double share) =>
        (share <= 0 ? latency.Min : share >= 1 ? latency.Max : latency.Percentile(share)) * Nanosecond;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
