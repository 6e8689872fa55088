using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rondo.Charts.Plots;
using Rondo.Charts.Scenes;
using Rondo.Charts.Svg;

namespace Rondo.Charts.Pages;

/// <summary>
/// A page in one file: charts, tables and the data that they were made from. It asks nobody for anything, and its
/// policy forbids that: no script but its own runs, no request leaves, whatever the data holds.
/// </summary>
/// <param name="title">What it is called, anything.</param>
internal sealed class ChartPage(string title)
{
    private const string DataStart = "<script type=\"application/json\" id=\"result\">\n";
    private const string DataEnd = "</script>";

    private readonly StringBuilder _body = new();
    private int _figures;

    /// <summary>Text as the content of an element or of an attribute.</summary>
    public static string Text(string text) => SvgText.Escape(text);

    /// <summary>A name from the data: one line that does not turn the direction of what stands beside it.</summary>
    public static string Name(string text) => $"<bdi>{Text(LabelText.Clean(text))}</bdi>";

    /// <summary>Adds what is markup already.</summary>
    public void Add(string markup) => _body.Append(markup).Append('\n');

    /// <summary>Begins a part of the page.</summary>
    /// <param name="heading">Any text.</param>
    /// <param name="say">What there is to see, any text; empty for nothing.</param>
    public void Section(string heading, string say)
    {
        Add($"<h2>{Text(heading)}</h2>");
        if (say.Length > 0)
        {
            Add($"<p class=\"say\">{Text(say)}</p>");
        }
    }

    /// <summary>
    /// Adds a chart three times, laid out for a page, a tablet and a phone; the reader's screen shows the one whose
    /// letters have their size there.
    /// </summary>
    public void Chart(Func<ChartSize, Scene> draw, ChartSize wide)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"f{++_figures}");
        Add($"<figure>{View(wide, "wide")}{View(ChartSize.Medium, "medium")}"
            + $"{View(ChartSize.Narrow, "narrow")}</figure>");

        string View(ChartSize size, string name) => SvgWriter.Embedded(
            draw(size with { Height = Math.Min(size.Height, wide.Height) }), id + name[0], name);
    }

    /// <summary>The data of a page; null if a text is no page with data.</summary>
    public static string? DataOf(string page)
    {
        var start = page.IndexOf(DataStart, StringComparison.Ordinal) + DataStart.Length;
        var end = page.IndexOf(DataEnd, Math.Min(start, page.Length), StringComparison.Ordinal);
        return start >= DataStart.Length && end > start ? page[start..end] : null;
    }

    /// <summary>Adds data that programs can read again: JSON.</summary>
    public void Data(string json) => Add(
        $"{DataStart}{json.Replace("<", "\\u003c", StringComparison.Ordinal)}{DataEnd}");

    /// <summary>Writes the page: the same content, the same bytes.</summary>
    public void Write(TextWriter output)
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(PageScript.Text)));
        output.Write("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        output.Write("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            + $"style-src 'unsafe-inline'; script-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\">\n");
        output.Write("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
        output.Write($"<title>{Text(LabelText.Clean(title))}</title>\n");
        output.Write($"<style>\n{PageStyle.Sheet}</style>\n</head>\n<body>\n<main>\n{_body}</main>\n");
        output.Write($"<script>{PageScript.Text}</script>\n</body>\n</html>\n");
    }
}
