using Rondo.Charts.Plots;
using Rondo.Charts.Scenes;

namespace Rondo.Charts.Tests.Plots;

public sealed class HeatMapTests
{
    [Fact]
    public void Draw_MoreRequests_AreDarkerByTheLogarithmOfTheirCount()
    {
        var map = new HeatMap("", "", "", 1, [new(0, 0.001, 1), new(1, 0.001, 16), new(2, 0.001, 256)]);

        Assert.Equal([ColorRole.Heat1, ColorRole.Heat5, ColorRole.Heat8], Cells(map).Select(c => c.Fill));
    }

    [Fact]
    public void Draw_SamplesOfOneCell_AreAddedUp()
    {
        var map = new HeatMap("", "", "", 1, [new(0.1, 0.0010, 3), new(0.9, 0.00101, 5)]);

        Assert.Single(Cells(map));
    }

    [Fact]
    public void Draw_DoubledLatency_IsOneRowUp()
    {
        var map =
            new HeatMap("", "", "", 1, [new(0, 3e-6, 1), new(0, 6e-6, 1), new(0, 12e-6, 1)]) { RowsPerDoubling = 1 };
        var cells = Cells(map);

        Assert.Equal(3, cells.Count);
        Assert.Equal(cells[0].Y, cells[1].Y + cells[1].Height);
        Assert.Equal(cells[1].Y, cells[2].Y + cells[2].Height);
    }

    [Fact]
    public void Draw_LongRun_JoinsColumns() => Assert.InRange(
        Cells(new HeatMap("", "", "", 1, [.. Enumerable.Range(0, 3600).Select(i => new HeatSample(i, 0.01, 1))])).Count, 50, 124);

    private static List<SceneRect> Cells(HeatMap map) =>
        [.. map.Draw(ChartSize.Half).Elements.OfType<SceneRect>().Where(r => r.Fill >= ColorRole.Heat1)];
}
