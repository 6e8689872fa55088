using System.Xml.Linq;
using Rondo.Charts.Plots;
using Rondo.Charts.Svg;
using Rondo.Lab.Reports;

namespace Rondo.Lab.Tests.Reports;

public sealed class LabChartsTests
{
    [Fact]
    public void All_OfAWholeResult_AreItsCharts() => Assert.Equal(
        [
            "throughput", "percentiles", "heat-loop", "heat-pool-64", "heat-proc-8", "turns", "costs",
            "series-memory-of-idle-connections",
        ],
        LabCharts.All(SyntheticResult.Of()).Select(c => c.Name));

    [Fact]
    public void All_OfAnEmptyResult_AreNone() =>
        Assert.Empty(LabCharts.All(SyntheticResult.Of(rounds: 0, change: r => r with { Series = [] })).Skip(1));

    [Fact]
    public void Svg_OfEveryChart_IsAFileOfItsOwn()
    {
        var files = LabCharts.Svg(SyntheticResult.Of()).ToList();

        Assert.All(files, f => Assert.Equal("svg", XDocument.Parse(f.Content).Root!.Name.LocalName));
        Assert.All(files, f => Assert.Matches("^[a-z0-9-]+\\.svg$", f.Name));
        Assert.Equal(files, LabCharts.Svg(SyntheticResult.Of()));
    }

    [Fact]
    public void Png_OfAChart_IsTheSameFileAgain()
    {
        var result = SyntheticResult.Of(["loop"], [1, 4], change: r => r with { Series = [] });

        Assert.Equal(LabCharts.Png(result).First().Content, LabCharts.Png(result).First().Content);
    }

    [Fact]
    public void All_ModelsWithNamesThatNoFileMayHave_HaveFilesOfTheirOwn()
    {
        var names = LabCharts.All(SyntheticResult.Of(["handler:/a/b", "handler:/a/B", new string('x', 300)], [1, 4]))
            .Select(c => c.Name).ToList();

        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names, n => Assert.InRange(n.Length, 1, 80));
    }

    [Fact]
    public void Throughput_OfAModelThatWasTooSlow_IsPredictedOnly()
    {
        var chart = LabCharts.All(SyntheticResult.Of()).First(c => c.Name == "throughput");
        var svg = XElement.Parse(SvgWriter.Embedded(chart.Draw(ChartSize.Wide), "t"));
        var sync = svg.Descendants("g").First(g => (string?)g.Attribute("data-k") == "m6");

        Assert.Equal(3, sync.Elements().Count(e => e.Element("title") is not null));
        Assert.Contains(sync.Elements("path"), p => p.Attribute("stroke-dasharray") is not null);
    }

    [Fact]
    public void Terminal_WithoutColour_ShowsTwoPlots()
    {
        var text = LabCharts.Terminal(SyntheticResult.Of(), columns: 100, isAscii: true, hasColor: false);

        Assert.Contains("Throughput as connections grow", text, StringComparison.Ordinal);
        Assert.Contains("How long requests took at 256 connections", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', text);
        Assert.All(text.Split('\n'), l => Assert.InRange(l.Length, 0, 100));
    }
}
