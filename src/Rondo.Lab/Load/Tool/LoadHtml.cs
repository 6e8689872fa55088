using System.Globalization;
using System.Net;
using System.Text;

namespace Rondo.Lab.Load.Tool;

/// <summary>The result as one page without anything from elsewhere: the report, two plots, and the JSON.</summary>
internal static class LoadHtml
{
    private const int Width = 720;
    private const int Height = 180;
    private const double Millisecond = 1e6;

    private const string Style = """
        :root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
        pre{overflow-x:auto;font-size:13px}svg{width:100%;height:auto}path{fill:none;stroke:#0072b2;stroke-width:2}
        text{font-size:12px;fill:currentColor}line{stroke:currentColor;stroke-opacity:.2}
        """;

    public static string Write(LoadPlan plan, LoadResult result, string report, string json)
    {
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
        var title = WebUtility.HtmlEncode(Text($"{plan.Url}: {result.Throughput:0} requests/s"));
        page.Append("<meta name=\"viewport\" content=\"width=device-width\">\n");
        page.Append(CultureInfo.InvariantCulture, $"<title>{title}</title>\n<style>{Style}</style>\n<h1>{title}</h1>\n");
        page.Append("<h2>Completed requests in each second</h2>\n");
        page.Append(Plot([.. result.Seconds.Select(s => (double)s.Completed)], ""));
        page.Append("<h2>99th percentile of each second</h2>\n");
        page.Append(Plot([.. result.Seconds.Select(s => s.Latency.Restore().Percentile(0.99) / Millisecond)], " ms"));
        page.Append(CultureInfo.InvariantCulture, $"<h2>Report</h2>\n<pre>{WebUtility.HtmlEncode(report)}</pre>\n");

        // The one sequence that could end the element early.
        var safe = json.Replace("</", "<\\/", StringComparison.Ordinal);
        page.Append(CultureInfo.InvariantCulture, $"<script type=\"application/json\" id=\"result\">\n{safe}</script>\n");
        return page.Append("</html>\n").ToString();
    }

    private static string Plot(double[] values, string unit)
    {
        var most = Math.Max(values.DefaultIfEmpty(0).Max(), double.Epsilon);
        var points = values.Select((value, i) => Text(
            $"{i * (double)Width / Math.Max(1, values.Length - 1):0.#} {Height - (value / most * (Height - 20)):0.#}"));
        var path = values.Length == 0 ? "" : "M" + string.Join(" L", points);
        return Text($"<svg viewBox=\"0 -2 {Width} {Height + 4}\" role=\"img\" aria-label=\"largest {most:0.##}{unit}\">")
            + Text($"<line x1=\"0\" y1=\"{Height}\" x2=\"{Width}\" y2=\"{Height}\"/><path d=\"{path}\"/>")
            + Text($"<text x=\"4\" y=\"12\">largest {most:0.##}{unit}</text></svg>\n");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
