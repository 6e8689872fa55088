using Rondo.Charts.Plots;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Tests.Plots;

public sealed class LevelChartTests
{
    private static readonly LevelMark[] Marks =
        [new(50, "goal 50", ColorRole.Muted), new(70, "limit 70", ColorRole.Bad)];

    [Fact]
    public void Draw_GapInTheValues_InterruptsLineAndShade()
    {
        var scene = Chart(40, 41, double.NaN, 42, 43).Draw(ChartSize.Narrow);

        Assert.Equal(2, Paths(scene, ColorRole.Accent).Count());
        Assert.Equal(2, scene.Elements.OfType<ScenePath>().Count(p => p.Fill is ColorRole.Band));
    }

    [Fact]
    public void Draw_AboveTheLimit_StandsOutFromWhereItCrosses()
    {
        var scene = Chart(60, 80, 60).Draw(ChartSize.Narrow);
        var limit = scene.Elements.OfType<SceneLine>().Single(l => l.Stroke.Role is ColorRole.Bad).From.Y;

        var above = Assert.Single(Paths(scene, ColorRole.Bad));

        Assert.Equal(3, above.Points.Count);
        Assert.Equal(limit, above.Points[0].Y, 0.51);
        Assert.Equal(limit, above.Points[2].Y, 0.51);
        Assert.True(above.Points[1].Y < limit);
    }

    [Fact]
    public void Draw_AboveTheGoalAlone_DoesNotStandOut() =>
        Assert.Empty(Paths(Chart(55, 60, 65).Draw(ChartSize.Narrow), ColorRole.Bad));

    [Fact]
    public void Draw_MarksCloseTogether_DoNotWriteOverEachOther()
    {
        var chart = Chart(40, 41) with { Marks = [new(60, "goal", ColorRole.Muted), new(61, "limit", ColorRole.Bad)] };

        var words = chart.Draw(ChartSize.Narrow).Elements.OfType<SceneText>().Select(t => t.At.Y).Order().ToList();

        Assert.True(words[1] - words[0] >= ChartSize.Narrow.FontSize);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Draw_NothingThatCanBeDrawn_SaysSo(double value)
    {
        var scene = Chart(value, value).Draw(ChartSize.Narrow);

        Assert.Contains(scene.Elements.OfType<SceneText>(), t => t.Content == "no data");
        Assert.DoesNotContain(scene.Elements.OfType<ScenePath>(), _ => true);
    }

    [Fact]
    public void Draw_AnyValues_StayInside()
    {
        var scene = Chart(-20, 150, 0, 90, 31).Draw(ChartSize.Narrow);

        Assert.All(
            scene.Elements.OfType<ScenePath>().SelectMany(p => p.Points),
            p => Assert.True(p.Y >= 0 && p.Y <= scene.Height && p.X >= 0 && p.X <= scene.Width));
    }

    private static LevelChart Chart(params double[] values) =>
        new("Lobby", "The last hour.", 0, values.Length - 1, [.. values.Select((v, i) => new LinePoint(i, v))])
        {
            Marks = Marks,
        };

    private static IEnumerable<ScenePath> Paths(Scene scene, ColorRole role) =>
        scene.Elements.OfType<ScenePath>().Where(p => p.Stroke?.Role == role);
}
