using Rondo.Charts.Pages;
using Rondo.Charts.Plots;
using Rondo.Charts.Svg;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Reports.Html;
using Rondo.Lab.Reports.Plots;

namespace Rondo.Lab.Reports;

/// <summary>
/// A result as one page, which is also its archive: the answer, then what it rests on, then how to get it again. The
/// same result gives the same bytes.
/// </summary>
internal static class LabReport
{
    /// <summary>Writes the page.</summary>
    public static void Write(LabResult result, TextWriter output)
    {
        var view = new ResultView(result);
        var page = new ChartPage(Headline.Title(result));
        Headline.Add(page, view);
        AddWords(page, result);
        if (ThroughputPlot.Of(view) is { } throughput)
        {
            page.Section(
                "Throughput as connections grow",
                "Points are medians of the rounds with what they lie between, dotted lines what was predicted, rings "
                    + "where a model stops growing. Point at a name to set its model off.");
            page.Chart(throughput.Draw, ChartSize.Wide);
        }

        // What an experiment has of its own is what it is about.
        foreach (var chart in SeriesPlots.Of(view))
        {
            page.Section(chart.Title, chart.Description);
            page.Chart(chart.Draw, ChartSize.Wide);
        }

        ResultRows.AddFocus(page, view);
        AddLatency(page, view);
        AddCosts(page, view);
        FitRows.AddRatios(page, view);
        ResultRows.AddPredictions(page, view);
        FitRows.AddFits(page, view);
        CheckRows.Add(page, result);
        SettingRows.Add(page, result);
        ResultRows.AddAll(page, view);
        page.Data(LabJson.Write(result));
        page.Write(output);
    }

    private static void AddWords(ChartPage page, LabResult result)
    {
        foreach (var (name, text) in new[] { ("Expected", result.Expectation), ("Look at", result.LookAt) })
        {
            if (text is { Length: > 0 })
            {
                page.Add($"<p class=\"word\"><b>{name}:</b> {ChartPage.Text(text)}</p>");
            }
        }
    }

    private static void AddLatency(ChartPage page, ResultView view)
    {
        if (PercentilePlot.Of(view) is { } percentiles)
        {
            page.Section(
                "How long requests took",
                (view.Result.Settings is { Rate: null, IsOpen: false }
                    ? "Time from when a connection was free to the whole answer; a closed load asks a slow server less."
                    : "Time counts from when each request was due, so that a stall is charged to all that it delayed.")
                    + " Flat lines are good. The grey figure is the 99th percentile.");
            page.Chart(percentiles.Draw, ChartSize.Wide);
        }

        var maps = HeatPlots.Of(view);
        if (maps.Count > 0)
        {
            page.Section(
                "Latency over time",
                $"At {ResultView.Connections(view.Focus)}, the rounds one after another. Each row is twice as slow as "
                    + "the one below it; each step of colour is a multiple of the requests.");
            page.Add(SvgWriter.Embedded(HeatMap.Key(ChartSize.Half), "heat", "heatkey"));
            page.Add("<div class=\"maps\">");
            foreach (var (_, map) in maps)
            {
                page.Chart(map.Draw, ChartSize.Half);
            }

            page.Add("</div>");
        }

        if (TurnPlot.Of(view) is { } turns)
        {
            page.Section("Inside the event loop", turns.Description);
            page.Chart(turns.Draw, ChartSize.Wide);
        }
    }

    private static void AddCosts(ChartPage page, ResultView view)
    {
        if (CostPlot.Of(view) is { } costs)
        {
            page.Section("What each model costs", $"At {ResultView.Connections(view.Focus)}. {costs.Description}");
            page.Chart(costs.Draw, ChartSize.Wide);
        }
    }
}
