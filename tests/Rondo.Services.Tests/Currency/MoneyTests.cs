using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Rondo.Services.Currency;

namespace Rondo.Services.Tests.Currency;

public sealed class MoneyTests
{
    // A result of 1e25 is the most that leaves room for three decimals.
    private const decimal LargestRatio = 1e10m;

    private static readonly Gen<decimal> Rates =
        from digits in Gen.OneOf(Gen.Choose(1, 99), Gen.Choose(1, 99_999), Gen.Choose(1, 999_999_999))
        from decimals in Gen.Choose(0, 8)
        select new decimal(digits, 0, 0, false, (byte)decimals);

    private static readonly Gen<int> MinorUnits = Gen.Elements(0, 2, 3);

    private static readonly Gen<string> Amounts =
        from integerDigits in Gen.Choose(1, 15)
        from decimals in Gen.Choose(0, 30)
        from digits in Gen.Choose(0, 9).ArrayOf(integerDigits + decimals)
        select Write(digits, decimals);

    [Theory]
    [InlineData(MoneyRounding.HalfUp)]
    [InlineData(MoneyRounding.HalfEven)]
    internal void Convert_AnyAmountAndRates_RoundsTheExactQuotientOnce(MoneyRounding rounding)
    {
        var cases =
            from amount in Amounts
            from multiplier in Rates
            from divisor in Rates
            from minorUnits in MinorUnits
            where multiplier / divisor < LargestRatio
            select (amount, multiplier, divisor, minorUnits);

        Check(cases, rounding);
    }

    [Theory]
    [InlineData(MoneyRounding.HalfUp)]
    [InlineData(MoneyRounding.HalfEven)]
    internal void Convert_AmountAsNearAHalfAsTheGrammarAllows_RoundsTheExactQuotientOnce(MoneyRounding rounding)
    {
        var cases =
            from multiplier in Rates
            from divisor in Rates
            from minorUnits in MinorUnits
            from units in Gen.Choose(0, 10_000)
            from decimals in Gen.Choose(0, 30)
            from step in Gen.Choose(-1, 1)
            select (NearHalf(units, multiplier, divisor, minorUnits, decimals, step), multiplier, divisor, minorUnits);

        Check(cases, rounding);
    }

    [Theory]
    [InlineData("2.345", MoneyRounding.HalfUp, "2.35")]
    [InlineData("2.345", MoneyRounding.HalfEven, "2.34")]
    [InlineData("0.125", MoneyRounding.HalfUp, "0.13")]
    [InlineData("0.125", MoneyRounding.HalfEven, "0.12")]
    [InlineData("1.005", MoneyRounding.HalfUp, "1.01")]
    [InlineData("1.005", MoneyRounding.HalfEven, "1")]
    [InlineData("0.015", MoneyRounding.HalfEven, "0.02")]
    [InlineData("0.004999999999999999999999999999", MoneyRounding.HalfUp, "0")]
    [InlineData("2.344999999999999999999999999999", MoneyRounding.HalfUp, "2.34")]
    [InlineData("2.345000000000000000000000000001", MoneyRounding.HalfEven, "2.35")]
    [InlineData("999999999999999.994999999999999999999999999999", MoneyRounding.HalfUp, "999999999999999.99")]
    [InlineData("1000000000000000", MoneyRounding.HalfUp, "1000000000000000")]
    [InlineData("2.345", MoneyRounding.None, "2.345")]
    internal void Convert_RateOfOne_RoundsToTheMinorUnit(string amount, MoneyRounding rounding, string expected) =>
        Assert.Equal(expected, Text(Money.Convert(Parse(amount), 1, 1, 2, rounding)));

    [Theory]
    [InlineData("12345.67", 1.1034, 1, 2, "13622.21")]
    [InlineData("100", 0.884, 1, 2, "88.4")]
    [InlineData("100", 0.57, 1, 2, "57")]
    [InlineData("100", 178.5, 1, 0, "17850")]
    [InlineData("1", 0.3545, 1, 3, "0.355")]
    [InlineData("100", 0.884, 1.132, 2, "78.09")]
    public void Convert_KnownRates_GivesTheExactAmount(
        string amount, double multiplier, double divisor, int minorUnits, string expected) =>
        Assert.Equal(
            expected,
            Text(
                Money.Convert(Parse(amount), (decimal)multiplier, (decimal)divisor, minorUnits, MoneyRounding.HalfUp)));

    [Fact]
    public void Convert_ThirtyDecimalsJustBelowAHalfAfterALargeRate_RoundsDown()
    {
        const decimal rate = 20467.86333881m;
        var below = NearHalf(0, rate, 1, 2, 30, 0);

        Assert.Equal("0", Text(Money.Convert(Parse(below), rate, 1, 2, MoneyRounding.HalfUp)));
    }

    [Theory]
    [InlineData(MoneyRounding.HalfUp, "335.38")]
    [InlineData(MoneyRounding.HalfEven, "335.38")]
    internal void ConvertThroughEuro_MarksToFrancs_GoesThroughThreeDecimalsOfTheEuro(
        MoneyRounding rounding, string expected) =>
        Assert.Equal(expected, Text(Money.ConvertThroughEuro(Parse("100"), 6.55957m, 1.95583m, 2, rounding)));

    [Fact]
    public void ConvertThroughEuro_NoRounding_DoesNotRoundTheEuroEither()
    {
        var francs = Money.ConvertThroughEuro(Parse("100"), 6.55957m, 1.95583m, 2, MoneyRounding.None);

        Assert.Equal(100m * 6.55957m / 1.95583m, francs);
    }

    [Theory]
    [InlineData("1.10340000", 8, "1.1034")]
    [InlineData("0.000071357212345", 8, "0.000071357212")]
    [InlineData("20467.863338812345", 8, "20467.863")]
    [InlineData("123456789.5", 8, "123456790")]
    [InlineData("0.88412345678", 8, "0.88412346")]
    [InlineData("0.123456785", 8, "0.12345679")]
    [InlineData("9.99999999", 8, "10")]
    [InlineData("1234.5678901234", 12, "1234.56789012")]
    [InlineData("0", 8, "0")]
    public void RoundRate_AnyMagnitude_KeepsSignificantDigitsAndAllBeforeThePoint(
        string rate, int digits, string expected) =>
        Assert.Equal(expected, Text(Money.RoundRate(decimal.Parse(rate, CultureInfo.InvariantCulture), digits)));

    [Theory]
    [InlineData("122.00", "122")]
    [InlineData("88.40", "88.4")]
    [InlineData("100", "100")]
    [InlineData("0.00", "0")]
    [InlineData("0.0010", "0.001")]
    [InlineData("1000000000000000.10", "1000000000000000.1")]
    [InlineData("0.0000000000000000000000000001", "0.0000000000000000000000000001")]
    public void Format_ZerosAtTheEnd_AreTrimmed(string number, string expected) =>
        Assert.Equal(expected, Text(decimal.Parse(number, CultureInfo.InvariantCulture)));

    private static void Check(
        Gen<(string Amount, decimal Multiplier, decimal Divisor, int MinorUnits)> cases, MoneyRounding rounding) =>
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var amount = Parse(c.Amount);
            var expected = Oracle(amount, c.Multiplier, c.Divisor, c.MinorUnits, rounding);
            var actual = Money.Convert(amount, c.Multiplier, c.Divisor, c.MinorUnits, rounding);
            Assert.Equal(expected.ToString(CultureInfo.InvariantCulture), MinorText(actual, c.MinorUnits));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithQuietOnSuccess(true));

    /// <summary>The rounded quotient in minor units, from fractions of whole numbers only.</summary>
    private static BigInteger Oracle(
        Amount amount, decimal multiplier, decimal divisor, int minorUnits, MoneyRounding rounding)
    {
        var (amountDigits, amountDecimals) = amount.Exact();
        var (multiplierDigits, multiplierDecimals) = Amount.Split(multiplier);
        var (divisorDigits, divisorDecimals) = Amount.Split(divisor);
        var numerator = 2 * amountDigits * multiplierDigits * BigInteger.Pow(10, divisorDecimals + minorUnits);
        var denominator = divisorDigits * BigInteger.Pow(10, amountDecimals + multiplierDecimals);
        var halves = BigInteger.DivRem(numerator, denominator, out var rest);
        var isExactHalf = rest.IsZero && !halves.IsEven;
        var down = halves / 2;
        return isExactHalf
            ? (rounding is MoneyRounding.HalfUp || !down.IsEven ? down + 1 : down)
            : (halves.IsEven ? down : down + 1);
    }

    /// <summary>
    /// The amount that converts to <paramref name="units"/> and a half minor units, cut to some decimals and moved by
    /// its last one.
    /// </summary>
    private static string NearHalf(
        int units, decimal multiplier, decimal divisor, int minorUnits, int decimals, int step)
    {
        var (multiplierDigits, multiplierDecimals) = Amount.Split(multiplier);
        var (divisorDigits, divisorDecimals) = Amount.Split(divisor);
        var digits = ((2 * new BigInteger(units)) + 1) * divisorDigits
            * BigInteger.Pow(10, multiplierDecimals + decimals)
            / (2 * multiplierDigits * BigInteger.Pow(10, divisorDecimals + minorUnits));
        var text = BigInteger.Max(digits + step, 0).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return decimals == 0 ? text : text.Insert(text.Length - decimals, ".");
    }

    private static string Write(int[] digits, int decimals)
    {
        var text = string.Concat(digits);
        return decimals == 0 ? text : text.Insert(text.Length - decimals, ".");
    }

    private static Amount Parse(string text)
    {
        Assert.True(Amount.TryParse(text, out var amount), text);
        return amount;
    }

    private static string MinorText(decimal value, int minorUnits) =>
        value.ToString("F" + minorUnits, CultureInfo.InvariantCulture)
            .Replace(".", "", StringComparison.Ordinal)
            .TrimStart('0')
            is { Length: > 0 } digits ? digits : "0";

    private static string Text(decimal number)
    {
        Span<byte> text = stackalloc byte[64];
        return Encoding.ASCII.GetString(text[..Money.Format(number, text)]);
    }
}
