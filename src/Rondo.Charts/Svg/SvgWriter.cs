using System.Globalization;
using System.Text;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Svg;

/// <summary>Writes a scene as SVG: the same scene, the same bytes.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<ColorRole> _roles = [];

    private SvgWriter()
    {
    }

    /// <summary>A picture in a page that has <see cref="SvgStyle.Rules"/>.</summary>
    /// <param name="scene">What is drawn.</param>
    /// <param name="id">What no other picture of the page is called.</param>
    /// <param name="cssClass">Further classes of the element.</param>
    public static string Embedded(Scene scene, string id, string cssClass = "")
    {
        var writer = new SvgWriter();
        writer.Elements(scene.Elements);
        var classes = SvgText.Escape($"chart {cssClass}".TrimEnd());
        return $"<svg class=\"{classes}\" viewBox=\"{ViewBox(scene)}\" role=\"img\" "
            + $"aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{SvgText.Escape(scene.Title)}</title>"
            + $"<desc id=\"{id}-d\">{SvgText.Escape(scene.Description)}</desc>{writer._text}</svg>\n";
    }

    /// <summary>A small picture in a line of text, which says nothing that the text does not.</summary>
    public static string Icon(Scene scene, string cssClass)
    {
        var writer = new SvgWriter();
        writer.Elements(scene.Elements);
        return $"<svg class=\"chart {SvgText.Escape(cssClass)}\" viewBox=\"{ViewBox(scene)}\" aria-hidden=\"true\">"
            + $"{writer._text}</svg>";
    }

    /// <summary>A file of its own, light or dark as the reader's screen is.</summary>
    public static string Alone(Scene scene)
    {
        var writer = new SvgWriter();
        writer.Element(new SceneRect(0, 0, scene.Width, scene.Height, ColorRole.Background));
        writer.Elements(scene.Elements);
        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{ViewBox(scene)}\" "
            + $"width=\"{SvgText.Number(scene.Width)}\" height=\"{SvgText.Number(scene.Height)}\" "
            + $"role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">{SvgText.Escape(scene.Title)}</title>\n"
            + $"<desc id=\"d\">{SvgText.Escape(scene.Description)}</desc>\n"
            + $"<style>{SvgStyle.Alone(writer._roles)}</style>\n"
            + $"{writer._text}\n</svg>\n";
    }

    private static string ViewBox(Scene scene) => $"0 0 {SvgText.Number(scene.Width)} {SvgText.Number(scene.Height)}";

    private void Elements(IReadOnlyList<SceneElement> elements)
    {
        foreach (var element in elements)
        {
            Element(element);
        }
    }

    private void Element(SceneElement element)
    {
        switch (element)
        {
            case SceneGroup group:
                Group(group);
                break;
            case SceneLine line:
                Path($"M{Point(line.From)}L{Point(line.To)}", line.Stroke, null, line.Tooltip);
                break;
            case SceneRect rect:
                var corners = rect.Radius > 0 ? $" rx=\"{SvgText.Number(rect.Radius)}\"" : "";
                Shape(
                    "rect",
                    $"class=\"{Fill(rect.Fill)}\" x=\"{SvgText.Number(rect.X)}\" y=\"{SvgText.Number(rect.Y)}\" "
                        + $"width=\"{SvgText.Number(rect.Width)}\" height=\"{SvgText.Number(rect.Height)}\"{corners}",
                    rect.Tooltip);
                break;
            case ScenePath path when path.Points.Count > 0:
                Path($"M{string.Join('L', path.Points.Select(Point))}", path.Stroke, path.Fill, path.Tooltip);
                break;
            case SceneMarker marker:
                Marker(marker);
                break;
            case SceneText text:
                Text(text);
                break;
        }
    }

    private void Group(SceneGroup group)
    {
        var place = group is { OffsetX: 0, OffsetY: 0 }
            ? ""
            : $" transform=\"translate({SvgText.Number(group.OffsetX)} {SvgText.Number(group.OffsetY)})\"";
        var key = group.Key is null ? "" : $" class=\"k\" data-k=\"{SvgText.Escape(group.Key)}\"";
        Write($"<g{key}{place}>{Title(group.Tooltip)}");
        Elements(group.Elements);
        Write("</g>");
    }

    private void Marker(SceneMarker marker)
    {
        var outline = MarkerOutline.Of(marker);
        if (outline.IsStroked)
        {
            var path = string.Concat(outline.Lines.Select(l => $"M{string.Join('L', l.Select(Point))}"));
            Path(path, new SceneStroke(marker.Role, outline.Width), null, marker.Tooltip);
        }
        else if (marker.Shape == MarkerShape.Circle)
        {
            var radius = SvgText.Number(marker.Radius);
            Shape(
                "circle",
                $"class=\"{Fill(marker.Role)}\" cx=\"{SvgText.Number(marker.At.X)}\" "
                    + $"cy=\"{SvgText.Number(marker.At.Y)}\" r=\"{radius}\"",
                marker.Tooltip);
        }
        else
        {
            Path($"M{string.Join('L', outline.Lines[0].Select(Point))}Z", null, marker.Role, marker.Tooltip);
        }
    }

    private void Text(SceneText text)
    {
        var anchor = text.Anchor switch
        {
            TextAnchor.Middle => " text-anchor=\"middle\"",
            TextAnchor.End => " text-anchor=\"end\"",
            _ => "",
        };
        var weight = (text.IsBold ? " b" : "") + (text.HasHalo ? " h " + Stroke(ColorRole.Background) : "");
        Write($"<text class=\"{Fill(text.Role)}{weight}\" x=\"{SvgText.Number(text.At.X)}\" "
            + $"y=\"{SvgText.Number(text.At.Y)}\" font-size=\"{SvgText.Number(text.Size)}\"{anchor}>"
            + Title(text.Tooltip)
            + (text.Suffix is not null && IsRightToLeft(text.Content)
                ? $"&#x2068;{SvgText.Escape(text.Content)}&#x2069;"
                : SvgText.Escape(text.Content)));
        if (text.Suffix is { } suffix)
        {
            Write($"<tspan class=\"{Fill(ColorRole.Muted)} n\"> {SvgText.Escape(suffix)}</tspan>");
        }

        Write("</text>");
    }

    // Hebrew, Arabic and their neighbours would take the figure after them to their other side: the marks isolate them.
    private static bool IsRightToLeft(string text) => text.EnumerateRunes().Any(r => r.Value is (>= 0x590 and <= 0x8ff)
        or (>= 0xfb1d and <= 0xfdff) or (>= 0xfe70 and <= 0xfefc) or (>= 0x10800 and <= 0x10fff)
        or (>= 0x1e800 and <= 0x1efff));

    private void Path(string data, SceneStroke? stroke, ColorRole? fill, string? tooltip)
    {
        var dash = stroke is { } s && DashPattern.Of(s.Dash) is { Length: > 0 } pattern
            ? $" stroke-dasharray=\"{string.Join(' ', pattern.ToArray().Select(SvgText.Number))}\""
            : "";
        var classes = (fill is { } f ? Fill(f) : "l") + (stroke is { } drawn ? " " + Stroke(drawn.Role) : "");
        var width = stroke is { } w ? $" stroke-width=\"{SvgText.Number(w.Width)}\"" : "";
        Shape("path", $"class=\"{classes}\" d=\"{data}\"{width}{dash}", tooltip);
    }

    private void Shape(string name, string attributes, string? tooltip) =>
        Write(tooltip is null ? $"<{name} {attributes}/>" : $"<{name} {attributes}>{Title(tooltip)}</{name}>");

    private static string Title(string? tooltip) => tooltip is null ? "" : $"<title>{SvgText.Escape(tooltip)}</title>";

    private static string Point(ScenePoint point) => $"{SvgText.Number(point.X)} {SvgText.Number(point.Y)}";

    private string Fill(ColorRole role)
    {
        _roles.Add(role);
        return SvgStyle.Fill(role);
    }

    private string Stroke(ColorRole role)
    {
        _roles.Add(role);
        return SvgStyle.Stroke(role);
    }

    private void Write(string text) => _text.Append(CultureInfo.InvariantCulture, $"{text}");
}
