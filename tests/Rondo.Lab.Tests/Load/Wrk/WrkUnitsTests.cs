using Rondo.Lab.Load;
using Rondo.Lab.Load.Wrk;

namespace Rondo.Lab.Tests.Load.Wrk;

public sealed class WrkUnitsTests
{
    [Theory]
    [InlineData(0, "0.00us")]
    [InlineData(312, "312.00us")]
    [InlineData(849, "849.00us")]
    [InlineData(850, "0.85ms")]
    [InlineData(999_999, "1000.00ms")]
    [InlineData(1_000_000, "1.00s")]
    [InlineData(60_000_000, "1.00m")]
    public void Time_Microseconds_TakesTheNextUnitAtEightyFivePercent(double microseconds, string expected) =>
        Assert.Equal(expected, WrkUnits.Time(microseconds));

    [Theory]
    [InlineData(10, "10s")]
    [InlineData(51, "1m")]
    [InlineData(120, "2m")]
    public void Seconds_Duration_IsWhole(double seconds, string expected) => Assert.Equal(expected, WrkUnits.Seconds(seconds));

    [Theory]
    [InlineData(869, "869.00")]
    [InlineData(1024, "1.00K")]
    [InlineData(4_844_422, "4.62M")]
    public void Bytes_Count_IsBinary(double count, string expected) => Assert.Equal(expected, WrkUnits.Bytes(count));

    [Theory]
    [InlineData("1.5", true, 1.5)]
    [InlineData("2m", true, 120)]
    [InlineData("200ms", true, 0.2)]
    [InlineData("", false, 0)]
    [InlineData("-1s", false, 0)]
    [InlineData("1e9s", false, 0)]
    public void TrySeconds_Text_IsReadAsPeopleWriteIt(string text, bool expected, double seconds)
    {
        Assert.Equal(expected, Quantity.TrySeconds(text, out var read));
        Assert.Equal(seconds, expected ? read : 0, 9);
    }

    [Theory]
    [InlineData("1k", true, 1000)]
    [InlineData("1M", true, 1_000_000)]
    [InlineData("12", true, 12)]
    [InlineData("99999999999999999999", false, 0)]
    [InlineData("x", false, 0)]
    public void TryCount_Text_IsReadAsPeopleWriteIt(string text, bool expected, long count)
    {
        Assert.Equal(expected, Quantity.TryCount(text, out var read));
        Assert.Equal(count, read);
    }
}
