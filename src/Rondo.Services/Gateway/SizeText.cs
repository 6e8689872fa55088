using System.Globalization;

namespace Rondo.Services.Gateway;

/// <summary>
/// A number of bytes with a unit: <c>512B</c>, <c>64kB</c>, <c>10MB</c>, <c>2GB</c>, each 1,024 of the one before.
/// </summary>
internal static class SizeText
{
    private const int MostDigits = 6;

    private static readonly (string Unit, long Bytes)[] Units =
        [("GB", 1L << 30), ("MB", 1L << 20), ("kB", 1L << 10), ("B", 1)];

    public static long? Parse(string text)
    {
        foreach (var (unit, bytes) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && text[..^unit.Length] is { Length: > 0 and <= MostDigits } digits
                && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number * bytes;
            }
        }

        return null;
    }

    public static string Format(long size)
    {
        var (unit, bytes) = Units.First(u => size % u.Bytes == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{size / bytes}{unit}");
    }
}
