using System.Text.RegularExpressions;
using Rondo.Charts.Plots;
using Rondo.Charts.Scenes;
using Rondo.Charts.Svg;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Board;

public sealed partial class BoardSheetTests
{
    [Fact]
    public void Charts_EveryClassOfADrawing_HasItsRule()
    {
        var sheet = Repository.Read("src/Rondo.Services/Board/charts.css");
        var chart = new LevelChart("t", "d", 0, 60, [new(1, 40), new(2, 80), new(5, double.NaN), new(7, 50)])
        {
            Marks = [new(45, "goal", ColorRole.Muted), new(70, "limit", ColorRole.Bad)],
            Times = [(0, "12:00")],
        };
        var svg = SvgWriter.Embedded(chart.Draw(ChartSize.Narrow), "x");
        var classes = Classes().Matches(svg).SelectMany(m => m.Groups[1].Value.Split(' ')).Distinct()
            .Where(c => c is not "chart").ToList();

        Assert.True(classes.Count > 5);
        Assert.All(classes, c => Assert.Contains($".chart .{c} ", sheet));
    }

    [GeneratedRegex("class=\"([^\"]+)\"")]
    private static partial Regex Classes();
}
