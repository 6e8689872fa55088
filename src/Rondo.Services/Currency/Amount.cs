using System.Globalization;
using System.Numerics;

namespace Rondo.Services.Currency;

/// <summary>
/// An amount of money as somebody wrote it: ASCII digits with at most one decimal point, not negative, without sign,
/// exponent, blanks or grouping, so that <c>1_000</c>, <c>1,5</c>, <c>+7</c> or <c>٣</c> can never be misread.
/// </summary>
internal readonly struct Amount
{
    /// <summary>Above this, a result could need more digits than System.Decimal has.</summary>
    public const decimal Largest = 1_000_000_000_000_000m;

    private const int DecimalDigits = 28;
    private const int MostIntegerDigits = 30;
    private const int MostDecimals = 30;

    // Only when the text has more digits than System.Decimal holds: the digits without the point.
    private readonly string? _digits;
    private readonly int _decimals;

    private Amount(decimal value, string? digits, int decimals)
    {
        Value = value;
        _digits = digits;
        _decimals = decimals;
    }

    public static Amount One { get; } = new(1, null, 0);

    /// <summary>The amount to 28 digits, which is exact for all but contrived input.</summary>
    public decimal Value { get; }

    /// <summary>False when the text has more digits than <see cref="Value"/> holds.</summary>
    public bool IsExact => _digits is null;

    /// <summary>False when the text does not follow the grammar. Size is the caller's business.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Amount amount)
    {
        amount = default;
        var point = text.IndexOf('.');
        var integer = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (integer.Length is 0 or > MostIntegerDigits || integer.ContainsAnyExceptInRange('0', '9')
            || (point >= 0 && (fraction.Length is 0 or > MostDecimals || fraction.ContainsAnyExceptInRange('0', '9'))))
        {
            return false;
        }

        // 30 digits fit no decimal; whoever asks for them is told that it is too much, not that it is no number.
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            value = decimal.MaxValue;
        }

        var isLong = integer.Length + fraction.Length > DecimalDigits;
        amount = new Amount(value, isLong ? string.Concat(integer, fraction) : null, fraction.Length);
        return true;
    }

    /// <summary>The amount as digits and a count of decimals, exactly.</summary>
    public (BigInteger Mantissa, int Decimals) Exact() => _digits is null
        ? Split(Value)
        : (BigInteger.Parse(_digits, CultureInfo.InvariantCulture), _decimals);

    /// <summary>A decimal as digits and a count of decimals.</summary>
    public static (BigInteger Mantissa, int Decimals) Split(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var mantissa = ((BigInteger)(uint)bits[2] << 64) + ((BigInteger)(uint)bits[1] << 32) + (uint)bits[0];
        return (mantissa, value.Scale);
    }
}
