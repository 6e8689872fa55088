using System.Globalization;

namespace Rondo.Lab.Load;

/// <summary>Reads numbers as people write them in a load tool: <c>2k</c>, <c>1.5s</c>, <c>200ms</c>, <c>2m</c>.</summary>
internal static class Quantity
{
    /// <summary>A duration in seconds; without a unit it is seconds.</summary>
    public static bool TrySeconds(string text, out double seconds)
    {
        (string Suffix, double Factor)[] units = [("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("", 1)];
        var (suffix, factor) = units.First(u => text.EndsWith(u.Suffix, StringComparison.OrdinalIgnoreCase));
        var isNumber = TryNumber(text[..^suffix.Length], out seconds);
        seconds *= factor;
        return isNumber;
    }

    /// <summary>A whole number, with k, M or G for thousands.</summary>
    public static bool TryCount(string text, out long count)
    {
        (string Suffix, double Factor)[] units = [("k", 1e3), ("m", 1e6), ("g", 1e9), ("", 1)];
        var (suffix, factor) = units.First(u => text.EndsWith(u.Suffix, StringComparison.OrdinalIgnoreCase));
        var isNumber = TryNumber(text[..^suffix.Length], out var number) && number * factor <= long.MaxValue / 2;
        count = isNumber ? (long)(number * factor) : 0;
        return isNumber;
    }

    private static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number);
}
