using System.Globalization;

namespace Rondo.Lab.Reports;

/// <summary>Figures as people read them: three digits, and a unit that fits.</summary>
internal static class Figure
{
    public const string None = "-";

    /// <summary>At least three digits.</summary>
    public static string Number(double? value) => value is not { } number ? None
        : Math.Abs(number) >= 100 ? Text($"{number:0}")
        : Math.Abs(number) >= 10 ? Text($"{number:0.0}")
        : Text($"{number:0.00}");

    /// <summary>A duration of so many nanoseconds.</summary>
    public static string Time(double? nanoseconds) => nanoseconds switch
    {
        null => None,
        < 1e6 => Number(nanoseconds / 1e3) + " us",
        < 1e9 => Number(nanoseconds / 1e6) + " ms",
        _ => Number(nanoseconds / 1e9) + " s",
    };

    public static string Bytes(double? bytes) => bytes switch
    {
        null => None,
        < 1024 => Number(bytes) + " B",
        < 1024 * 1024 => Number(bytes / 1024) + " KiB",
        < 1024L * 1024 * 1024 => Number(bytes / (1024 * 1024)) + " MiB",
        _ => Number(bytes / (1024 * 1024 * 1024)) + " GiB",
    };

    /// <summary>Seconds as minutes and seconds.</summary>
    public static string Clock(double seconds) =>
        Text($"{(int)Math.Round(seconds) / 60}:{(int)Math.Round(seconds) % 60:00}");

    public static string Percent(double share) => Text($"{share * 100:0.##} %");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
