namespace Rondo.Services.Weather;

/// <summary>The moon by its mean month: within half a day of the true phase.</summary>
internal static class MoonPhase
{
    private const double MonthDays = 29.530588853;

    private static readonly DateTimeOffset KnownNew = new(2000, 1, 6, 18, 14, 0, TimeSpan.Zero);

    private static readonly string[] Signs = ["🌑", "🌒", "🌓", "🌔", "🌕", "🌖", "🌗", "🌘"];

    /// <summary>Days since the last new moon.</summary>
    public static double Age(DateTimeOffset at)
    {
        var days = (at - KnownNew).TotalDays % MonthDays;
        return days < 0 ? days + MonthDays : days;
    }

    public static string Sign(DateTimeOffset at) =>
        Signs[(int)Math.Round(Age(at) / MonthDays * Signs.Length) % Signs.Length];

    public static int IlluminatedPercent(DateTimeOffset at) =>
        (int)Math.Round((1 - Math.Cos(2 * Math.PI * Age(at) / MonthDays)) * 50);
}
