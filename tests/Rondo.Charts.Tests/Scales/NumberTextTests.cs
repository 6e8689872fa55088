using Rondo.Charts.Scales;

namespace Rondo.Charts.Tests.Scales;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(20.04, "20")]
    [InlineData(999.6, "1k")]
    [InlineData(13_849, "13.8k")]
    [InlineData(1_204_118, "1.2M")]
    [InlineData(-20, "-20")]
    [InlineData(double.NaN, "n/a")]
    public void Count_AnyRate_HasThreeDigits(double value, string expected) =>
        Assert.Equal(expected, NumberText.Count(value));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(0.05, "50 ms")]
    [InlineData(0.9998, "1 s")]
    [InlineData(3.24, "3.24 s")]
    [InlineData(61e-6, "61 µs")]
    [InlineData(3e-9, "3 ns")]
    [InlineData(300, "5 min")]
    [InlineData(double.PositiveInfinity, "n/a")]
    public void Duration_AnyLength_HasItsUnit(double seconds, string expected) =>
        Assert.Equal(expected, NumberText.Duration(seconds));

    [Theory]
    [InlineData(512, "512 B")]
    [InlineData(222_298_112, "212 MiB")]
    public void Bytes_AnySize_HasItsUnit(double bytes, string expected) =>
        Assert.Equal(expected, NumberText.Bytes(bytes));

    [Theory]
    [InlineData(0, "min")]
    [InlineData(0.5, "p50")]
    [InlineData(0.999, "p99.9")]
    public void Percentile_IsNamedAsUsersDo(double share, string expected) =>
        Assert.Equal(expected, NumberText.Percentile(share));
}
