using System.Globalization;

namespace Rondo.Services.Registry;

/// <summary>A length of time with one unit: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>24h</c>.</summary>
internal static class TimeText
{
    private const int MostDigits = 9;

    /// <summary>The time, or null when the text is none.</summary>
    public static TimeSpan? Parse(ReadOnlySpan<char> text)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits is <= 0 or > MostDigits
            || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => null,
        };
    }

    public static string Format(TimeSpan time) => time.Ticks % TimeSpan.TicksPerSecond == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalSeconds}s")
        : string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds}ms");
}
