using System.Globalization;

namespace Rondo.Services.Hosting;

/// <summary>Times as people write them: <c>30s</c>, <c>10m</c>, <c>2h</c>, <c>7d</c>.</summary>
internal static class DurationText
{
    private const int MostDigits = 6;
    private const long SecondsOfDay = 86_400;

    /// <summary>The time, from zero to ten years; null when it is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        var digits = text.AsSpan(0, Math.Max(0, text.Length - 1));
        var unit = text.Length == 0
            ? 0
            : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => SecondsOfDay, _ => 0 };
        return unit > 0 && digits.Length is > 0 and <= MostDigits && !digits.ContainsAnyExceptInRange('0', '9')
            && long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) * unit is var seconds
            && seconds <= 10 * 365 * SecondsOfDay
                ? TimeSpan.FromSeconds(seconds)
                : null;
    }
}
