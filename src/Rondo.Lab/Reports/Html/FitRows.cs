using Rondo.Charts.Pages;
using Rondo.Charts.Scales;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Reports.Plots;

namespace Rondo.Lab.Reports.Html;

/// <summary>The curves through the throughput, and how the models compare round by round.</summary>
internal static class FitRows
{
    private const double Certain = 0.05;

    public static void AddFits(ChartPage page, ResultView view)
    {
        var fits = view.Result.Fits.Where(f => f.IsChosen).ToList();
        if (fits.Count == 0)
        {
            return;
        }

        var table =
            new HtmlTable("Curves").Head(["Model", " curve", " parameters", "stops growing at", " what it says"]);
        foreach (var fit in fits)
        {
            table.Row(
                view.KeyOf(fit.Model),
                view.StyleOf(fit.Model),
                fit.Model,
                "",
                [
                    " " + (fit.Kind == "usl" ? "scalability law" : fit.Kind == "bounds" ? "slope, then a ceiling"
                        : ChartPage.Text(fit.Kind)),
                    " " + string.Join("<br>", fit.Parameters.Select(Parameter)),
                    fit.Peak is null ? "no peak seen" : HtmlText.Interval(fit.Peak, NumberText.Count),
                    " " + ChartPage.Text(fit.Text),
                ]);
        }

        page.Section(
            "How throughput grows",
            "The curve that explains the points best, of Gunther's universal scalability law and of a slope with a "
                + "ceiling. In brackets what each parameter lies between.");
        page.Add(table.ToString());
    }

    public static void AddRatios(ChartPage page, ResultView view)
    {
        if (view.Result.Verdict is not { Ratios.Count: > 0 } verdict)
        {
            return;
        }

        var table = new HtmlTable("Comparison").Head(["Model", "throughput, times", "p", " that of"]);
        foreach (var ratio in verdict.Ratios)
        {
            table.Row(
                view.KeyOf(ratio.Model),
                view.StyleOf(ratio.Model),
                ratio.Model,
                "",
                [
                    HtmlText.Interval(ratio.Ratio, NumberText.Digits),
                    NumberText.Digits(ratio.PValue) + (ratio.PValue > Certain ? "<small>may be chance</small>" : ""),
                    " " + ChartPage.Name(ratio.To),
                ]);
        }

        page.Section(
            "Compared round by round",
            "Throughput over that of the best, from rounds side by side, with a bootstrap interval and the p of the "
                + "signed-rank test.");
        page.Add(table.ToString());
    }

    private static string Parameter(LabParameter parameter) =>
        $"{ChartPage.Text(parameter.Name)} {ChartPage.Text(NumberText.Digits(parameter.Value.Value))} "
        + $"({ChartPage.Text(NumberText.Digits(parameter.Value.Low))} to "
        + $"{ChartPage.Text(NumberText.Digits(parameter.Value.High))})";
}
