using System.Globalization;

namespace Rondo.Lab.Load.Wrk;

/// <summary>Numbers as wrk prints them: the next unit begins at 0.85 of its size.</summary>
internal static class WrkUnits
{
    private const double NextUnitAt = 0.85;
    private const double Million = 1e6;

    public static string Time(double microseconds) => microseconds >= Million
        ? Format(microseconds / Million, 60, 2, "s", "m")
        : Format(microseconds, 1000, 2, "us", "ms");

    public static string Seconds(double seconds) => Format(seconds, 60, 0, "s", "m");

    public static string Bytes(double count) => Format(count, 1024, 2, "", "K", "M", "G", "T");

    public static string Metric(double number) => Format(number, 1000, 2, "", "k", "M", "G", "T");

    /// <summary>In a column of <paramref name="width"/>: numbers end in line, whatever their unit.</summary>
    public static string Pad(string text, int width)
    {
        var free = 2 - (char.IsAsciiLetter(text[^1]) ? 1 : 0) - (char.IsAsciiLetter(text[^2]) ? 1 : 0);
        return text.PadLeft(width - free) + new string(' ', free);
    }

    private static string Format(double amount, double scale, int decimals, params string[] units)
    {
        var unit = 0;
        for (; unit < units.Length - 1 && amount >= scale * NextUnitAt; unit++)
        {
            amount /= scale;
        }

        return amount.ToString(decimals == 0 ? "F0" : "F2", CultureInfo.InvariantCulture) + units[unit];
    }
}
