using System.Globalization;
using System.Numerics;

namespace Rondo.Services.Currency;

/// <summary>How a converted amount is rounded to the minor unit of its currency.</summary>
internal enum MoneyRounding
{
    /// <summary>Halves away from zero: the rule for the euro (Council Regulation 1103/97, article 5).</summary>
    HalfUp,

    /// <summary>Halves to the even neighbour.</summary>
    HalfEven,

    /// <summary>Not at all: up to 28 significant digits.</summary>
    None,
}

/// <summary>Money arithmetic in decimals, with one rounding at the end.</summary>
internal static class Money
{
    /// <summary>
    /// Decimals of the euro amount between two currencies that the euro replaced (Regulation 1103/97, article 4).
    /// </summary>
    private const int TriangulationDecimals = 3;

    private static readonly decimal[] PowersOfTen =
        [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000];

    /// <summary>amount × <paramref name="multiplier"/> ÷ <paramref name="divisor"/>, rounded once.</summary>
    public static decimal Convert(
        Amount amount, decimal multiplier, decimal divisor, int minorUnits, MoneyRounding rounding)
    {
        var value = amount.Value * multiplier / divisor;
        if (rounding is MoneyRounding.None)
        {
            return value;
        }

        // Decimals carry 28 digits, so a quotient that is not within their error of a half rounds as the exact one
        // does. An amount with more digits was rounded before, and a large rate enlarges that error without bound.
        var rounded = Math.Round(value, minorUnits, MidpointRounding.ToZero);
        var distanceFromHalf = Math.Abs((value - rounded) - (Unit(minorUnits) / 2));
        if (amount.IsExact && distanceFromHalf > value * 1e-26m)
        {
            return Math.Round(value, minorUnits, MidpointRounding.AwayFromZero);
        }

        return ConvertExactly(amount, multiplier, divisor, minorUnits, rounding);
    }

    /// <summary>
    /// Between two currencies that the euro replaced: through an amount in euro rounded to three decimals.
    /// </summary>
    public static decimal ConvertThroughEuro(
        Amount amount, decimal multiplier, decimal divisor, int minorUnits, MoneyRounding rounding)
    {
        if (rounding is MoneyRounding.None)
        {
            return Convert(amount, multiplier, divisor, minorUnits, rounding);
        }

        var euro = Convert(amount, 1, divisor, TriangulationDecimals, MoneyRounding.HalfUp);
        return Math.Round(
            euro * multiplier,
            minorUnits,
            rounding is MoneyRounding.HalfEven ? MidpointRounding.ToEven : MidpointRounding.AwayFromZero);
    }

    /// <summary>
    /// A rate as it is published: <paramref name="digits"/> significant digits, no trailing zeros kept.
    /// </summary>
    public static decimal RoundRate(decimal rate, int digits = 8)
    {
        var decimals = digits - 1;
        for (var magnitude = 1; magnitude < PowersOfTen.Length && rate >= PowersOfTen[magnitude]; magnitude++)
        {
            decimals--;
        }

        for (var scaled = rate; scaled is < 1 and > 0; scaled *= 10)
        {
            decimals++;
        }

        return Math.Round(rate, Math.Clamp(decimals, 0, 28), MidpointRounding.AwayFromZero);
    }

    /// <summary>
    /// Writes a number as UTF-8 without zeros at its end into <paramref name="target"/> (at least 32 bytes); returns
    /// the length.
    /// </summary>
    public static int Format(decimal number, Span<byte> target)
    {
        number.TryFormat(target, out var length, default, CultureInfo.InvariantCulture);
        var text = target[..length];
        return text.Contains((byte)'.') ? text.TrimEnd((byte)'0').TrimEnd((byte)'.').Length : length;
    }

    private static decimal ConvertExactly(
        Amount amount, decimal multiplier, decimal divisor, int minorUnits, MoneyRounding rounding)
    {
        var (amountDigits, amountDecimals) = amount.Exact();
        var (multiplierDigits, multiplierDecimals) = Amount.Split(multiplier);
        var (divisorDigits, divisorDecimals) = Amount.Split(divisor);
        var numerator = amountDigits * multiplierDigits * BigInteger.Pow(10, divisorDecimals + minorUnits);
        var denominator = divisorDigits * BigInteger.Pow(10, amountDecimals + multiplierDecimals);
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        var comparedWithHalf = (remainder * 2).CompareTo(denominator);
        if (comparedWithHalf > 0 || (comparedWithHalf == 0 && (rounding is MoneyRounding.HalfUp || !quotient.IsEven)))
        {
            quotient++;
        }

        return (decimal)quotient * Unit(minorUnits);
    }

    private static decimal Unit(int decimals) => new(1, 0, 0, false, (byte)decimals);
}
