using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Rondo.Charts.Plots;
using Rondo.Charts.Png;
using Rondo.Charts.Scenes;
using Rondo.Charts.Svg;
using Rondo.Charts.Terminal;
using Rondo.Charts.Tests.Support;

namespace Rondo.Charts.Tests.Plots;

/// <summary>Every chart of every kind of data in every back end: finite, inside its frame, harmless.</summary>
public sealed class HostileDataTests
{
    private static readonly XNamespace Namespace = "http://www.w3.org/2000/svg";

    public static TheoryData<string, string> Charts
    {
        get
        {
            var charts = new TheoryData<string, string>();
            foreach (var kind in SampleCharts.Kinds)
            {
                foreach (var data in SampleCharts.Hostile)
                {
                    charts.Add(kind, data);
                }
            }

            return charts;
        }
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void Chart_OfAnyData_StaysInItsFrame(string kind, string data)
    {
        foreach (var size in new[] { ChartSize.Wide, ChartSize.Half, ChartSize.Narrow, ChartSize.Terminal(80, 24) })
        {
            var scene = SampleCharts.Draw(kind, data, size);

            Assert.InRange(scene.Width, 1, 1100);
            Assert.InRange(scene.Height, 1, 6000);
            foreach (var (x, y, what) in Corners(scene.Elements, 0, 0))
            {
                Assert.True(double.IsFinite(x) && double.IsFinite(y), $"{what} at {x}, {y}");
                Assert.True(x >= -8 && x <= scene.Width + 8, $"{what} reaches x {x} of {scene.Width}");
                Assert.True(y >= -8 && y <= scene.Height + 8, $"{what} reaches y {y} of {scene.Height}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void Svg_OfAnyData_IsHarmlessXmlOfBoundedSize(string kind, string data)
    {
        var text = SvgWriter.Alone(Caption.Add(SampleCharts.Draw(kind, data, ChartSize.Wide)));
        var svg = XDocument.Parse(text).Root!;

        Assert.DoesNotContain(
            svg.Descendants(), e => e.Name.LocalName is "script" or "a" or "image" or "foreignObject");
        Assert.DoesNotContain(
            svg.Descendants().Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", text, StringComparison.Ordinal);
        Assert.NotNull(svg.Element(Namespace + "title"));
        Assert.InRange(text.Length, 100, 400_000);
        Assert.Equal(text, SvgWriter.Alone(Caption.Add(SampleCharts.Draw(kind, data, ChartSize.Wide))));
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void Terminal_OfAnyData_KeepsItsColumns(string kind, string data)
    {
        foreach (var isAscii in new[] { false, true })
        {
            var text = TerminalWriter.Write(
                SampleCharts.Draw(kind, data, ChartSize.Terminal(80, 20)), new TerminalOptions(isAscii));

            Assert.All(text.Split('\n'), line => Assert.InRange(line.EnumerateRunes().Sum(TextMetrics.Cells), 0, 80));
            Assert.DoesNotContain(text.Replace("\n", "", StringComparison.Ordinal).EnumerateRunes(), Rune.IsControl);
            Assert.True(!isAscii || Ascii.IsValid(text));
        }
    }

    [Theory]
    [InlineData("lines", "not a number")]
    [InlineData("percentiles", "extreme")]
    [InlineData("heat", "many points")]
    [InlineData("turns", "infinite")]
    [InlineData("costs", "script")]
    public void Png_OfAnyData_IsTheSameFileAgain(string kind, string data)
    {
        var file = PngWriter.Write(SampleCharts.Draw(kind, data, ChartSize.Narrow), scale: 1);

        Assert.Equal(360, new PngFile(file).Width);
        Assert.Equal(file, PngWriter.Write(SampleCharts.Draw(kind, data, ChartSize.Narrow), scale: 1));
    }

    [Theory]
    [InlineData("lines")]
    [InlineData("percentiles")]
    [InlineData("heat")]
    public void Chart_WithoutData_SaysSo(string kind) => Assert.Contains(
        "no data",
        TerminalWriter.Write(SampleCharts.Draw(kind, "empty", ChartSize.Terminal(60, 12)), new TerminalOptions()),
        StringComparison.Ordinal);

    private static IEnumerable<(double X, double Y, string What)> Corners(
        IReadOnlyList<SceneElement> elements, double left, double top)
    {
        foreach (var element in elements)
        {
            ScenePoint[] points = element switch
            {
                SceneLine line => [line.From, line.To],
                SceneRect rect => [new(rect.X, rect.Y), new(rect.X + rect.Width, rect.Y + rect.Height)],
                ScenePath path => [.. path.Points],
                SceneMarker marker => [marker.At],
                SceneText text => Ends(text),
                _ => [],
            };
            foreach (var point in points)
            {
                yield return (point.X + left, point.Y + top, string.Create(CultureInfo.InvariantCulture, $"{element}"));
            }

            if (element is SceneGroup group)
            {
                foreach (var corner in Corners(group.Elements, left + group.OffsetX, top + group.OffsetY))
                {
                    yield return corner;
                }
            }
        }
    }

    private static ScenePoint[] Ends(SceneText text)
    {
        var width = (text.Size == 16 ? TextMetrics.Monospaced : TextMetrics.Proportional)
            .Width(text.Content + (text.Suffix is null ? "" : " " + text.Suffix), text.Size, text.IsBold);
        var left = text.At.X - (text.Anchor switch { TextAnchor.End => width, TextAnchor.Middle => width / 2, _ => 0 });
        return [text.At with { X = left }, text.At with { X = left + width, Y = text.At.Y - (text.Size * 0.7) }];
    }
}
