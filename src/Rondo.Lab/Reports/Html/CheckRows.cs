using System.Globalization;
using System.Text;
using Rondo.Charts.Pages;
using Rondo.Charts.Scales;
using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports.Html;

/// <summary>
/// Whether the run can be trusted: each check with its value and limit, each failure with what to do.
/// </summary>
internal static class CheckRows
{
    public static void Add(ChartPage page, LabResult result)
    {
        if (result.Checks.Count > 0)
        {
            var failed = result.Checks.Count(c => !c.Pass);
            page.Section(
                "Can you trust this run?",
                failed == 0
                    ? "Every check has passed."
                    : string.Create(CultureInfo.InvariantCulture, $"{failed} of {result.Checks.Count} checks failed."));
            var list = new StringBuilder("<ul class=\"checks\">\n");
            foreach (var check in result.Checks)
            {
                Append(list, check);
            }

            page.Add(list.Append("</ul>").ToString());
        }

        var notes = result.Notes.Concat(Problems(result)).ToList();
        if (notes.Count > 0)
        {
            page.Add("<h3>What you should know besides</h3>");
            page.Add("<ul class=\"notes\">" + string.Concat(notes.Select(n => $"<li>{ChartPage.Text(n)}</li>"))
                + "</ul>");
        }
    }

    private static void Append(StringBuilder list, LabCheck check)
    {
        list.Append(check.Pass
            ? "<li><i role=\"img\" aria-label=\"passed\">✓</i>"
            : "<li class=\"bad\"><i role=\"img\" aria-label=\"failed\">!</i>");
        list.Append(CultureInfo.InvariantCulture, $"<span><b>{ChartPage.Text(check.Code)}</b> ");
        list.Append(CultureInfo.InvariantCulture,
            $"{Figure(check.Value, check.Unit)} (limit {Figure(check.Limit, check.Unit)})");
        list.Append(!check.Pass && check.Where.Length > 0 ? ", " + ChartPage.Text(check.Where) : "").Append(". ")
            .Append(ChartPage.Text(check.Text));
        if (!check.Pass && Explanation.Of(check.Code) is { } explanation)
        {
            list.Append(' ').Append(ChartPage.Text(explanation.Reason)).Append(" <b>What to do:</b> ")
                .Append(ChartPage.Text(explanation.Remedy));
        }

        list.Append("</span></li>\n");
    }

    private static string Figure(double value, string unit) => ChartPage.Text(
        unit == "%" ? NumberText.Percent(value) : $"{NumberText.Digits(value)} {unit}".TrimEnd());

    private static IEnumerable<string> Problems(LabResult result) => result.Cells
        .Where(c => c is { Counts.Failed: > 0, FirstProblem: not null })
        .Select(c => $"{c.Model}: {c.FirstProblem}").Distinct();
}
