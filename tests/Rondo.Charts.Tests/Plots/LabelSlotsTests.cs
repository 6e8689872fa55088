using Rondo.Charts.Plots;

namespace Rondo.Charts.Tests.Plots;

public sealed class LabelSlotsTests
{
    [Fact]
    public void Spread_FarWishes_AreGranted() =>
        Assert.Equal([10, 90, 50], LabelSlots.Spread([10, 90, 50], gap: 15, low: 0, high: 100));

    [Fact]
    public void Spread_EqualWishes_StandAroundTheirPlaceInOrder() =>
        Assert.Equal([40, 50, 60], LabelSlots.Spread([50, 50, 50], gap: 10, low: 0, high: 100));

    [Fact]
    public void Spread_AtTheEnds_StaysInside() =>
        Assert.Equal([0, 10, 90, 100], LabelSlots.Spread([-5, 0, 100, 100], gap: 10, low: 0, high: 100));

    [Fact]
    public void Spread_BlocksThatTouch_BecomeOne()
    {
        var places = LabelSlots.Spread([10, 12, 20, 21, 80], gap: 10, low: 0, high: 100);

        Assert.All(places.Order().Zip(places.Order().Skip(1)), p => Assert.True(p.Second - p.First >= 10 - 1e-9));
        Assert.Equal(80, places[4]);
    }

    [Fact]
    public void Spread_WithoutRoom_StandsEvenly() => Assert.Equal(
        [0, 2.5, 5, 7.5, 10], LabelSlots.Spread([3, 3, 3, 3, 3], gap: 15, low: 0, high: 10));

    [Fact]
    public void Spread_Nothing_IsNothing() => Assert.Empty(LabelSlots.Spread([], 10, 0, 100));
}
