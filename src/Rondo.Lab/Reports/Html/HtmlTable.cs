using System.Text;
using Rondo.Charts.Pages;
using Rondo.Charts.Scenes;
using Rondo.Charts.Svg;

namespace Rondo.Lab.Reports.Html;

/// <summary>A table of a page: a row each model, its figures to the right.</summary>
/// <param name="name">What it holds, for who hears it.</param>
/// <param name="cssClass">How it is set.</param>
internal sealed class HtmlTable(string name, string cssClass = "")
{
    private readonly StringBuilder _text = new();

    /// <summary>The columns' names, any text; those that hold words begin with a blank.</summary>
    public HtmlTable Head(params IEnumerable<string> columns)
    {
        _text.Append("<thead><tr>");
        foreach (var column in columns)
        {
            var kind = column.StartsWith(' ') ? " class=\"text\"" : "";
            _text.Append("<th scope=\"col\"").Append(kind).Append('>').Append(ChartPage.Text(column.Trim()))
                .Append("</th>");
        }

        _text.Append("</tr></thead>\n<tbody>\n");
        return this;
    }

    /// <summary>A row of a model; the cells are markup, those that hold words begin with a blank.</summary>
    public void Row(string key, int style, string model, string tag, IEnumerable<string> cells)
    {
        var best = tag.Length > 0 ? $"<span class=\"tag\">{ChartPage.Text(tag)}</span>" : "";
        _text.Append("<tr class=\"k").Append(tag.Length > 0 ? " best" : "").Append("\" data-k=\"").Append(key)
            .Append("\"><th scope=\"row\">").Append(Icon(style)).Append(ChartPage.Name(model)).Append(best)
            .Append("</th>");
        foreach (var cell in cells)
        {
            _text.Append(cell.StartsWith(' ') ? "<td class=\"text\">" : "<td>").Append(cell.Trim()).Append("</td>");
        }

        _text.Append("</tr>\n");
    }

    public override string ToString() =>
        $"<div class=\"{$"scroll {cssClass}".TrimEnd()}\" role=\"region\" tabindex=\"0\" "
        + $"aria-label=\"{ChartPage.Text(name)}\"><table>{_text}</tbody></table></div>";

    private static string Icon(int index)
    {
        var style = SeriesStyle.Of(index);
        return SvgWriter.Icon(
            new Scene(30, 12, "", "",
            [
                new ScenePath([new ScenePoint(1, 6), new ScenePoint(29, 6)])
                {
                    Stroke = new SceneStroke(style.Line, 2, style.Dash),
                },
                new SceneMarker(new ScenePoint(15, 6), style.Marker, 3.4, style.Line),
            ]),
            "key");
    }
}
