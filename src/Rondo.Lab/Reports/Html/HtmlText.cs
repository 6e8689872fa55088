using System.Globalization;
using Rondo.Charts.Pages;
using Rondo.Charts.Scales;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Reports.Plots;

namespace Rondo.Lab.Reports.Html;

/// <summary>Figures as markup.</summary>
internal static class HtmlText
{
    public const string None = "–";

    // Beyond, a multiple says more than per cent.
    private const double Most = 10;

    /// <summary>The estimate, and below it what it lies between.</summary>
    public static string Interval(LabInterval? interval, Func<double, string> format)
    {
        if (interval is null)
        {
            return None;
        }

        var range = Range(interval, format);
        return ChartPage.Text(format(interval.Value))
            + (range.Length == 0 ? "" : $"<small>{ChartPage.Text(range)}</small>");
    }

    /// <summary>What a figure lies between, in words; empty if that is the figure itself.</summary>
    public static string Range(LabInterval interval, Func<double, string> format)
    {
        var (value, low, high) = (format(interval.Value), format(interval.Low), format(interval.High));
        if (ResultView.IsEndless(interval.High))
        {
            return low + " or more";
        }

        if (low == value && high == value)
        {
            return "";
        }

        // The unit once, if it is the same.
        var blank = low.LastIndexOf(' ');
        return (blank > 0 && high.EndsWith(low[blank..], StringComparison.Ordinal) ? low[..blank] : low) + "–" + high;
    }

    public static string Value(double? value, Func<double, string> format) =>
        value is { } known ? ChartPage.Text(format(known)) : None;

    /// <summary>How far a measurement is from what was predicted: <c>+0.9 %</c>.</summary>
    public static string Difference(LabInterval? ratio) => ratio is null ? None
        : ratio.Value > Most ? "× " + NumberText.Digits(ratio.Value)
        : ((ratio.Value - 1) * 100).ToString("+0.0 '%';−0.0 '%';0.0 '%'", CultureInfo.InvariantCulture);
}
