using System.Globalization;
using System.Text;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Weather;

/// <summary>
/// The weather as a few lines for a terminal: a picture beside the present, a line for each day, the origin.
/// </summary>
internal static class WeatherBlock
{
    private const string Reset = "\e[0m";
    private const string Bold = "\e[1m";
    private const string Faint = "\e[2m";
    private const string Red = "\e[31m";
    private const int PictureWidth = 13;

    public static string Write(ForecastView view, WeatherStyle style, DateTimeOffset now)
    {
        var (days, units, language) = (style.Days, style.Units, style.Language);
        var hasColor = style.Format is WeatherFormat.Ansi;
        var text = new StringBuilder();
        text.Append(Paint(Bold, view.Place.FullName)).Append("\n\n");
        var picture = Picture(WeatherCode.Find(view.Now?.Code ?? view.Day(0)?.Code));
        var facts = Facts(view, units, language);
        for (var line = 0; line < picture.Length; line++)
        {
            text.Append(("  " + picture[line].PadRight(PictureWidth) + facts[line]).TrimEnd()).Append('\n');
        }

        text.Append('\n');
        for (var offset = 0; offset < days; offset++)
        {
            text.Append(Day(view, offset, units, language)).Append('\n');
        }

        text.Append('\n').Append(Paint(Faint, Origin(view, now))).Append('\n');
        if (view.Missing(days) is { Count: > 0 } missing)
        {
            text.Append(Paint(Red, $"No data: {string.Join(", ", missing)}")).Append('\n');
        }

        return text.ToString();

        string Paint(string code, string shown) => hasColor ? code + shown + Reset : shown;

        string[] Facts(ForecastView shown, WeatherUnits inUnits, PageLanguage inLanguage)
        {
            var weather = shown.Now;
            var code = WeatherCode.Find(weather?.Code ?? shown.Day(0)?.Code);
            var feels = inUnits.Temperature(weather?.FeelsLike) is { } felt ? $" ({WeatherUnits.Signed(felt)})" : "";
            return
            [
                code?.Text(inLanguage) ?? "",
                inUnits.Temperature(weather?.Temperature) is { } degrees
                    ? Warmth(weather!.Temperature, WeatherUnits.Signed(degrees) + feels) + " " + inUnits.TemperatureUnit
                    : "",
                inUnits.Speed(weather?.WindSpeed) is { } speed
                    ? (LineFormat.Arrow(weather!.WindFrom) + $" {WeatherUnits.Text(speed, 0)} {inUnits.SpeedUnit}").Trim()
                    : "",
                inUnits.Distance(weather?.Visibility) is { } distance
                    ? $"{WeatherUnits.Text(distance, 0)} {inUnits.DistanceUnit}"
                    : "",
                inUnits.LengthText(weather?.Precipitation) is { } fallen ? $"{fallen} {inUnits.LengthUnit}" : "",
            ];
        }

        // From blue at -10 degrees to red at 30, in the colours of a terminal of 256.
        string Warmth(decimal celsius, string shown)
        {
            var color = celsius < -5 ? 27 : celsius < 5 ? 39 : celsius < 15 ? 82 : celsius < 25 ? 220 : 196;
            return hasColor ? string.Create(CultureInfo.InvariantCulture, $"\e[38;5;{color}m{shown}{Reset}") : shown;
        }
    }

    private static string Day(ForecastView view, int offset, WeatherUnits units, PageLanguage language)
    {
        var words = WeatherWords.Of(language);
        var name = words.Day(view, offset);
        if (view.Day(offset) is not { } day)
        {
            return $"  {name,-10}{words.NoData}";
        }

        var temperatures = (units.Temperature(day.Min), units.Temperature(day.Max)) switch
        {
            ({ } min, { } max) => $"{WeatherUnits.Signed(min)} .. {WeatherUnits.Signed(max)} {units.TemperatureUnit}",
            (null, { } max) => $"{WeatherUnits.Signed(max)} {units.TemperatureUnit}",
            _ => "?",
        };
        var rain = day.RainPercent is { } percent ? $"{WeatherUnits.Text(percent, 0)} %" : "";
        return $"  {name,-10}{temperatures,-16}{rain,-7}{WeatherCode.Find(day.Code)?.Text(language)}".TrimEnd();
    }

    /// <summary>Who says it, how good it is and how old.</summary>
    public static string Origin(ForecastView view, DateTimeOffset now)
    {
        var quality = view.IsFixture ? "fixture: invented, not the weather" : view.IsStale ? "stale" : "current";
        var thanks = view.IsFixture
            ? ""
            : string.Concat(WeatherSourceName.Attribution(view.Source).Select(a => ". " + a));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{view.Source}, {quality}, {(long)view.Age(now).TotalMinutes} min old{thanks}");
    }

    private static string[] Picture(WeatherCode? code) => (code?.Code ?? -1) switch
    {
        0 => ["   \\ | /", "    .-.", " - (   ) -", "    '-'", "   / | \\"],
        1 or 2 => ["  \\ /", " - o .--.", "  / (    )", "   (______)", ""],
        3 => ["", "    .---.", "  .(     ).", " (_________)", ""],
        45 or 48 => ["", " - - - - -", "- - - - - -", " - - - - -", ""],
        >= 71 and <= 77 or 85 or 86 => ["    .---.", "  .(     ).", " (_________)", "  *  *  *", " *  *  *"],
        >= 95 => ["    .---.", "  .(     ).", " (_________)", "  / /_ / /", "  /  / /"],
        >= 51 => ["    .---.", "  .(     ).", " (_________)", "  / / / /", " / / / /"],
        _ => ["", "     ?", "", "", ""],
    };
}
