using Rondo.Charts.Scales;

namespace Rondo.Charts.Tests.Scales;

public sealed class ScaleTests
{
    [Theory]
    [InlineData(0, 97, 5, new double[] { 0, 20, 40, 60, 80, 100 })]
    [InlineData(-3, 3, 4, new double[] { -4, -2, 0, 2, 4 })]
    [InlineData(0.011, 0.042, 4, new double[] { 0.01, 0.02, 0.03, 0.04, 0.05 })]
    public void Linear_Nice_EndsOnRoundValues(double low, double high, int count, double[] expected) => Assert.Equal(
        expected, LinearScale.Nice(low, high, count).Ticks(count).Select(t => Math.Round(t.Value, 9)));

    [Theory]
    [InlineData(5, 5)]
    [InlineData(0, 0)]
    [InlineData(double.MinValue, double.MaxValue)]
    public void Linear_AnyRange_HasPlacesAndTicks(double low, double high)
    {
        var scale = new LinearScale(low, high);

        Assert.True(scale.High > scale.Low);
        Assert.Equal(0.5, scale.Place((scale.Low / 2) + (scale.High / 2)), 6);
        Assert.InRange(scale.Ticks(5).Count, 2, 12);
    }

    [Fact]
    public void Log_Decades_AreNamedAndTheRestMinor()
    {
        var ticks = new LogScale(1, 10_000).Ticks(5);

        Assert.Equal([1, 10, 100, 1000, 10_000], ticks.Where(t => !t.IsMinor).Select(t => Math.Round(t.Value, 9)));
        Assert.Equal(32, ticks.Count(t => t.IsMinor));
    }

    [Fact]
    public void Log_ShortRange_IsNamedInHalvesAndFifths() => Assert.Equal(
        [20, 50, 100, 200],
        new LogScale(20, 300).Ticks(6).Where(t => !t.IsMinor).Select(t => Math.Round(t.Value, 9)));

    [Fact]
    public void Log_WithinOneStep_IsNamedLikeALinearScale() => Assert.Equal(
        [61, 62, 63, 64], new LogScale(61, 64).Ticks(5).Where(t => !t.IsMinor).Select(t => t.Value));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Log_ValueWithoutLogarithm_HasNoPlace(double value) => Assert.False(new LogScale(1, 10).Holds(value));

    [Fact]
    public void Percentile_EveryNine_HasTheSameRoom()
    {
        var scale = new PercentileScale(0.9999);

        Assert.Equal(
            [0, 0.25, 0.5, 0.75, 1], new[] { 0, 0.9, 0.99, 0.999, 0.9999 }.Select(p => Math.Round(scale.Place(p), 9)));
        Assert.False(scale.Holds(1));
    }
}
