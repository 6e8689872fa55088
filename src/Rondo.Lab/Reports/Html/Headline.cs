using System.Globalization;
using System.Text;
using Rondo.Charts.Pages;
using Rondo.Charts.Scales;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Reports.Plots;

namespace Rondo.Lab.Reports.Html;

/// <summary>The top of the report: the answer, or that there is none, and the four figures that carry it.</summary>
internal static class Headline
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The answer as a title.</summary>
    public static string Title(LabResult result) =>
        (result.Verdict?.Text ?? "Nothing has been compared").Trim().TrimEnd('.');

    public static void Add(ChartPage page, ResultView view)
    {
        var result = view.Result;
        page.Add("<div class=\"bar\"><div class=\"kind\">" + Flags(result) + Subject(result)
            + "</div><button id=\"theme\" type=\"button\" hidden>Light / dark</button></div>");
        page.Add($"<h1>{ChartPage.Text(Title(result))}</h1>");
        page.Add($"<p class=\"lede\">{ChartPage.Text(result.Question)} {Lede(view)}</p>");
        page.Add("<ul class=\"meta\">" + string.Concat(Meta(result).Select(
            m => $"<li><b>{m.Name}</b> {ChartPage.Text(m.Value)}</li>")) + "</ul>");
        page.Add("<dl class=\"facts\">" + string.Concat(Facts(view).Select(
            f => $"<div><dt>{ChartPage.Text(f.Name)}</dt><dd>{f.Value}"
                + $"<small>{ChartPage.Text(f.More)}</small></dd></div>"))
            + "</dl>");
    }

    private static string Subject(LabResult result) =>
        ChartPage.Text(result.Scenario is { } scenario ? $"rondo lab: {scenario}" : "rondo lab")
        + " · " + ChartPage.Name(result.Title);

    private static string Flags(LabResult result)
    {
        var flag = result.IsPartial ? "Interrupted: what was measured until then"
            : result.Settings.IsQuick ? "Quick run: no verdict"
            : result.Verdict?.Kind switch
            {
                LabVerdict.NotMeasurable => "Not measurable",
                LabVerdict.TooFewRounds => "Too few rounds",
                LabVerdict.NoDifference => "No difference shown",
                _ => null,
            };
        return flag is null ? "" : $"<span class=\"flag\">{flag}</span>";
    }

    private static string Lede(ResultView view)
    {
        if (Best(view) is not { } best)
        {
            return "";
        }

        var text = new StringBuilder(
            $"At {ResultView.Connections(view.Focus)} {ChartPage.Name(best.Model)} completed "
                + $"<b>{NumberText.Count(best.Throughput!.Value)} requests/s</b>");
        text.Append(best.P99 is { } p99 ? $", 99 % of them within {ResultView.Time(p99.Value)}" : "");
        if (view.Prediction(best.Model, view.Focus) is { } prediction)
        {
            text.Append(Culture, $"; {NumberText.Count(prediction.Throughput)} had been predicted");
        }

        text.Append('.');
        if (view.Named.Count == 1 && view.Named[0] != best.Model && view.Level(view.Named[0], view.Focus) is { } level)
        {
            text.Append(Culture, $" {ChartPage.Name(level.Model)} completed {Count(level)}");
            text.Append(level.Costs?.ResidentBytes is { } own && best.Costs?.ResidentBytes is { } its
                ? $" in {NumberText.Bytes(own)} of memory instead of {NumberText.Bytes(its)}."
                : ".");
        }

        return text.ToString();
    }

    private static IEnumerable<(string Name, string Value)> Meta(LabResult result)
    {
        var settings = result.Settings;
        var load = settings.Rate is { } rate ? $"open, {NumberText.Digits(rate)}/s, " : settings.IsOpen ? "open, " : "closed, ";
        var connections = settings.Connections.Count == 0 ? "no connections"
            : settings.Connections.Count == 1 ? ResultView.Connections(settings.Connections[0])
            : string.Create(Culture, $"{settings.Connections[0]} to {settings.Connections[^1]:#,0} connections");
        yield return ("Work", settings.Work);
        yield return ("Load",
            $"{load}{connections}, {settings.Rounds} × {NumberText.Duration(settings.DurationSeconds)}");
        yield return ("Machine", string.Create(
            Culture, $"{result.Machine.Processors} processors, {result.Machine.System}, {result.Machine.Runtime}"));
        yield return ("Measured", result.StartedAt.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", Culture));
    }

    private static IEnumerable<(string Name, string Value, string More)> Facts(ResultView view)
    {
        if (Best(view) is { } best)
        {
            yield return (
                "Most requests per second",
                ChartPage.Name(best.Model),
                $"{Count(best)} requests/s" + (best.P99 is { } p99 ? $", p99 {ResultView.Time(p99.Value)}" : ""));
            yield return view.Result.Settings.Connections.Count > 1 || best.P50 is null
                ? Growth(view, best.Model)
                : ("Its median", ResultView.Time(best.P50.Value), $"90 % within {ResultView.Time(best.P90?.Value ?? 0)}");
        }

        var light = view.Models.Select(m => view.Level(m, view.Focus)).OfType<LabLevel>()
            .Where(l => l is { Throughput: not null, Costs.ResidentBytes: > 0 }).MinBy(l => l.Costs!.ResidentBytes);
        if (light is not null)
        {
            yield return (
                "Least memory",
                ChartPage.Name(light.Model),
                $"{NumberText.Bytes(light.Costs!.ResidentBytes!.Value)}, {Count(light)} requests/s");
        }

        yield return (
            "A difference counts from",
            NumberText.Percent(view.Result.Settings.SmallestDifference),
            string.Create(Culture, $"in {Rounds(view.Result.Settings)}, seed {view.Result.Settings.Seed}"));
    }

    private static (string Name, string Value, string More) Growth(ResultView view, string model)
    {
        var fit = view.Result.Fits.FirstOrDefault(f => f.Model == model && f.IsChosen);
        var last = string.Create(Culture, $"{view.Result.Settings.Connections.DefaultIfEmpty(0).Max():#,0}");
        return fit?.Peak is { } peak
            ? ("It stops growing at", string.Create(Culture, $"{peak.Value:#,0}"), "connections"
                + (HtmlText.Range(peak, p => p.ToString("#,0", Culture)) is { Length: > 0 } range ? $" ({range})" : ""))
            : ("It stops growing at", "no peak seen", $"up to {last} connections");
    }

    private static string Rounds(LabSettings settings) =>
        string.Create(Culture, $"{settings.Rounds} round{(settings.Rounds == 1 ? "" : "s")}");

    private static LabLevel? Best(ResultView view) =>
        view.Models.Select(m => view.Level(m, view.Focus)).OfType<LabLevel>()
        .Where(l => l.Throughput is not null).MaxBy(l => l.Throughput!.Value);

    private static string Count(LabLevel level) => NumberText.Count(level.Throughput?.Value ?? 0);
}
