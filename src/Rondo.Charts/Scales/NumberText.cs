using System.Globalization;

namespace Rondo.Charts.Scales;

/// <summary>Figures as people read them: three digits and a unit, the same in every culture.</summary>
internal static class NumberText
{
    private static readonly string[] Thousands = ["", "k", "M", "G", "T", "P", "E"];
    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    private static readonly (double Size, string Name)[] Times =
        [(60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")];

    /// <summary>A count or a rate: <c>13.8k</c>.</summary>
    public static string Count(double value) => Scaled(value, 1000, Thousands, "");

    /// <summary>An amount of memory: <c>212 MiB</c>.</summary>
    public static string Bytes(double value) => Scaled(value, 1024, Binary, " ");

    /// <summary>A duration in seconds: <c>57 ms</c>. Below two minutes in seconds.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            return "n/a";
        }

        var size = Math.Abs(seconds);
        var (unit, name) =
            size >= 120 ? Times[0] : Times.Skip(1).FirstOrDefault(t => size >= t.Size * 0.9995, Times[^1]);
        return seconds == 0 ? "0 s" : $"{Digits(seconds / unit)} {name}";
    }

    /// <summary>A share from 0 to 1: <c>1.8 %</c>.</summary>
    public static string Percent(double share) => double.IsFinite(share) ? Digits(share * 100) + " %" : "n/a";

    /// <summary>A percentile's name: <c>p99.9</c>, and <c>min</c> at 0.</summary>
    public static string Percentile(double share) =>
        share <= 0 ? "min" : "p" + (share * 100).ToString("0.#####", CultureInfo.InvariantCulture);

    /// <summary>Three significant digits, no exponent for ordinary sizes.</summary>
    public static string Digits(double value)
    {
        if (!double.IsFinite(value))
        {
            return "n/a";
        }

        var size = Math.Abs(value);
        return value == 0 ? "0"
            : size is < 0.001 or >= 1e6 ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
            : value.ToString(size >= 99.95 ? "0" : size >= 9.995 ? "0.#" : size >= 0.9995 ? "0.##" : "0.###",
                CultureInfo.InvariantCulture);
    }

    private static string Scaled(double value, double step, string[] units, string blank)
    {
        if (!double.IsFinite(value))
        {
            return "n/a";
        }

        var unit = 0;
        while (Math.Abs(value) >= step * 0.9995 && unit < units.Length - 1)
        {
            value /= step;
            unit++;
        }

        return $"{Digits(value)}{(units[unit].Length > 0 ? blank : "")}{units[unit]}";
    }
}
