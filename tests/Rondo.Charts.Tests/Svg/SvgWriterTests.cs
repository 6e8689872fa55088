using System.Xml.Linq;
using Rondo.Charts.Scenes;
using Rondo.Charts.Svg;

namespace Rondo.Charts.Tests.Svg;

public sealed class SvgWriterTests
{
    private static readonly Scene Scene = new(100, 50, "A < B", "It says \"so\".",
    [
        new SceneGroup([new SceneText(new ScenePoint(1, 2), "<b>&", ColorRole.Label1, 13) { Suffix = "57 ms" }])
        {
            Key = "m0",
            OffsetX = 10,
        },
        new SceneMarker(new ScenePoint(0.123456, 5), MarkerShape.Circle, 3,
            ColorRole.Series1) { Tooltip = "20 & more" },
        new SceneLine(new ScenePoint(0, 0), new ScenePoint(5, 5), new SceneStroke(ColorRole.Grid, 1, DashStyle.Dotted)),
    ]);

    [Fact]
    public void Embedded_IsAnImageWithNameAndDescription()
    {
        var svg = XElement.Parse(SvgWriter.Embedded(Scene, "c1", "wide"));

        Assert.Equal("img", svg.Attribute("role")!.Value);
        Assert.Equal("chart wide", svg.Attribute("class")!.Value);
        Assert.Equal("0 0 100 50", svg.Attribute("viewBox")!.Value);
        Assert.Equal("c1-t c1-d", svg.Attribute("aria-labelledby")!.Value);
        Assert.Equal("A < B", svg.Element("title")!.Value);
        Assert.Equal("c1-d", svg.Element("desc")!.Attribute("id")!.Value);
    }

    [Fact]
    public void Embedded_Marks_HaveRolesAsClassesAndNoColours()
    {
        var text = SvgWriter.Embedded(Scene, "c1");
        var svg = XElement.Parse(text);

        Assert.DoesNotContain("#", text, StringComparison.Ordinal);
        Assert.Equal("<b>&", svg.Descendants("text").Single().Nodes().OfType<XText>().First().Value);
        Assert.Equal("m0", svg.Element("g")!.Attribute("data-k")!.Value);
        Assert.Equal("0.12", svg.Element("circle")!.Attribute("cx")!.Value);
        Assert.Equal("20 & more", svg.Element("circle")!.Element("title")!.Value);
        Assert.Equal("1 5", svg.Element("path")!.Attribute("stroke-dasharray")!.Value);
    }

    [Fact]
    public void Embedded_RightToLeftName_KeepsItsFigureAfterIt()
    {
        var text = new SceneText(new ScenePoint(0, 0), "שלום", ColorRole.Label1, 13) { Suffix = "57 ms" };

        Assert.Contains(
            ">&#x2068;שלום&#x2069;<tspan", SvgWriter.Embedded(new Scene(9, 9, "", "", [text]), "c"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Alone_HasItsOwnColoursForLightAndDark()
    {
        var text = SvgWriter.Alone(Scene);
        var style = XDocument.Parse(text).Descendants().Single(e => e.Name.LocalName == "style").Value;

        Assert.Contains(".f-label1{fill:#0068a3}", style, StringComparison.Ordinal);
        Assert.Contains("@media (prefers-color-scheme:dark){", style, StringComparison.Ordinal);
        Assert.DoesNotContain("heat", style, StringComparison.Ordinal);
        Assert.DoesNotContain("var(", style, StringComparison.Ordinal);
    }

    [Fact]
    public void Escape_TurningTheDirection_IsLeftOut() => Assert.Equal("a&lt;b", SvgText.Escape("a\u202e<\u2066b\0"));

    [Theory]
    [InlineData(-0.001, "0")]
    [InlineData(12.345678, "12.35")]
    [InlineData(double.NaN, "0")]
    [InlineData(100000, "100000")]
    public void Number_IsShortAndFinite(double value, string expected) => Assert.Equal(expected, SvgText.Number(value));
}
