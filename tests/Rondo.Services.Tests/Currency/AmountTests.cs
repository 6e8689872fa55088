using System.Globalization;
using System.Numerics;
using Rondo.Services.Currency;

namespace Rondo.Services.Tests.Currency;

public sealed class AmountTests
{
    [Theory]
    [InlineData("")]
    [InlineData("-0")]
    [InlineData("-5")]
    [InlineData("+7")]
    [InlineData("1_000")]
    [InlineData("1,5")]
    [InlineData("1,000")]
    [InlineData("1'000")]
    [InlineData("1 000")]
    [InlineData("\u0663")]
    [InlineData("\uFF13")]
    [InlineData("\u00BD")]
    [InlineData(" 7")]
    [InlineData("7 ")]
    [InlineData("7\n")]
    [InlineData("\u00A07")]
    [InlineData("1e400")]
    [InlineData("1e2")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("\u221E")]
    [InlineData("0x10")]
    [InlineData("10abc")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1..2")]
    [InlineData("$5")]
    [InlineData("(5)")]
    [InlineData("5%")]
    [InlineData("1\0")]
    [InlineData("1234567890123456789012345678901234567890")]
    [InlineData("1234567890123456789012345678901")]
    [InlineData("0.1234567890123456789012345678901")]
    public void TryParse_NotTheGrammar_IsRefused(string text) => Assert.False(Amount.TryParse(text, out _));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0.00", "0.00")]
    [InlineData("007", "7")]
    [InlineData("100", "100")]
    [InlineData("99.95", "99.95")]
    [InlineData("1000000000000000", "1000000000000000")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    public void TryParse_Digits_GivesTheirValue(string text, string expected)
    {
        Assert.True(Amount.TryParse(text, out var amount));
        Assert.Equal(expected, amount.Value.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("1.123456789012345678901234567891")]
    [InlineData("999999999999999.999999999999999999999999999999")]
    [InlineData("0.000000000000000000000000000001")]
    public void TryParse_ThirtyDecimals_KeepsEveryDigit(string text)
    {
        Assert.True(Amount.TryParse(text, out var amount));

        var (mantissa, decimals) = amount.Exact();
        Assert.Equal(
            BigInteger.Parse(text.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture),
            mantissa);
        Assert.Equal(30, decimals);
    }

    [Fact]
    public void TryParse_ThirtyIntegerDigits_IsAnAmountAboveTheLargest()
    {
        Assert.True(Amount.TryParse(new string('9', 30), out var amount));
        Assert.True(amount.Value > Amount.Largest);
    }

    [Fact]
    public void Split_LargestDecimal_IsExact() =>
        Assert.Equal((BigInteger.Pow(2, 96) - 1, 0), Amount.Split(decimal.MaxValue));

    [Fact]
    public void One_HasNoDecimals() => Assert.Equal((BigInteger.One, 0), Amount.One.Exact());
}
