using Rondo.Charts.Plots;

namespace Rondo.Charts.Tests.Plots;

public sealed class ThinningTests
{
    [Fact]
    public void Thin_ShortSeries_IsLeftAlone()
    {
        LinePoint[] points = [new(0, 1), new(1, 2)];

        Assert.Same(points, Thinning.Thin(points, x => x, columns: 10));
    }

    [Fact]
    public void Thin_LongSeries_KeepsItsEndsAndExtremes()
    {
        LinePoint[] points = [.. Enumerable.Range(0, 100_000).Select(i => new LinePoint(i, i % 1000))];
        points[54_321] = new LinePoint(54_321, 1e6);
        points[12_345] = new LinePoint(12_345, -1e6);

        var thin = Thinning.Thin(points, x => x / 100_000, columns: 500);

        Assert.InRange(thin.Count, 500, 2000);
        Assert.Contains(points[54_321], thin);
        Assert.Contains(points[12_345], thin);
        Assert.Equal(points[0], thin[0]);
        Assert.Equal(points[^1], thin[^1]);
        Assert.Equal(thin.OrderBy(p => p.X), thin);
    }

    [Fact]
    public void Thin_Gaps_AreKept()
    {
        LinePoint[] points =
            [.. Enumerable.Range(0, 1000).Select(i => new LinePoint(i, i is > 400 and < 600 ? double.NaN : 1))];

        Assert.Contains(Thinning.Thin(points, x => x / 1000, columns: 10), p => double.IsNaN(p.Y));
    }
}
