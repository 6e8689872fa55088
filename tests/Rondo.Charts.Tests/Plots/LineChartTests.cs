using Rondo.Charts.Plots;
using Rondo.Charts.Scenes;
using Rondo.Charts.Tests.Support;

namespace Rondo.Charts.Tests.Plots;

public sealed class LineChartTests
{
    [Fact]
    public void Draw_Wide_NamesEveryLineAtItsEnd()
    {
        var scene = Chart([1, 10, 100]).Draw(ChartSize.Wide);
        var names = Marks<SceneText>(scene).Where(t => t.IsBold).ToList();

        Assert.Equal(["event loop", "series 1"], names.Select(n => n.Content));
        Assert.All(names, n => Assert.True(n.At.X > Marks<SceneMarker>(scene).Max(m => m.At.X)));
        Assert.True(Math.Abs(names[0].At.Y - names[1].At.Y) > 13);
    }

    [Fact]
    public void Draw_Narrow_NamesTheLinesBelowThePlot()
    {
        var scene = Chart([1, 10, 100]).Draw(ChartSize.Narrow);

        Assert.True(scene.Height > ChartSize.Narrow.Height);
        Assert.All(Marks<SceneText>(scene).Where(t => t.IsBold), n => Assert.True(n.At.Y > ChartSize.Narrow.Height));
    }

    [Fact]
    public void Draw_EqualRatios_AreEqualSteps()
    {
        var markers = Marks<SceneMarker>(Chart([1, 10, 100]).Draw(ChartSize.Wide)).Take(3).ToList();

        Assert.Equal(markers[0].At.Y - markers[1].At.Y, markers[1].At.Y - markers[2].At.Y, 6);
    }

    [Fact]
    public void Draw_Interval_SpansItsPoint()
    {
        var scene = Chart([50, 100, 200]).Draw(ChartSize.Wide);
        var marker = Marks<SceneMarker>(scene)[1];
        var interval = Marks<SceneLine>(scene).Where(l => l.Stroke.Role == ColorRole.Series1).ElementAt(1);

        Assert.Equal(marker.At.X, interval.From.X);
        Assert.True(interval.From.Y > marker.At.Y && interval.To.Y < marker.At.Y);
        Assert.Contains("90 to 110", marker.Tooltip, StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_Prediction_IsDotted() => Assert.Contains(
        Marks<ScenePath>(Chart([1, 10, 100]).Draw(ChartSize.Wide)), p => p.Stroke?.Dash == DashStyle.Dotted);

    [Fact]
    public void Draw_ValueMissing_InterruptsTheLine()
    {
        var whole = Marks<ScenePath>(Chart([1, 10, 100, 10, 1]).Draw(ChartSize.Wide));
        var broken = Marks<ScenePath>(Chart([1, 10, double.NaN, 10, 1]).Draw(ChartSize.Wide));

        Assert.True(broken.Count > whole.Count);
    }

    private static LineChart Chart(double[] values) =>
        SampleCharts.Lines("event loop", values, "ordinary", AxisKind.Log) with { Band = null };

    private static List<T> Marks<T>(Scene scene)
        where T : SceneElement => [.. Flat(scene.Elements).OfType<T>()];

    private static IEnumerable<SceneElement> Flat(IReadOnlyList<SceneElement> elements) =>
        elements.SelectMany(e => e is SceneGroup group ? Flat(group.Elements) : [e]);
}
