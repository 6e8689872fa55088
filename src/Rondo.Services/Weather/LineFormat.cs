using System.Globalization;
using System.Text;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Weather;

/// <summary>
/// One line of weather made of letters after percent signs, with the letters and the four presets of wttr.in. A letter
/// that means nothing stays as it is; a value that nobody knows is <c>?</c>.
/// </summary>
internal sealed class LineFormat
{
    private const int Longest = 1000;

    // Where the wind blows to, from north clockwise by where it comes from.
    private const string Arrows = "↓↙←↖↑↗→↘";

    private static readonly string[] Presets = ["%c %t\n", "%c 🌡️%t 🌬️%w\n", "%l: %c %t\n", "%l: %c 🌡️%t 🌬️%w\n"];

    private readonly string _text;

    private LineFormat(string text) => _text = text;

    /// <summary>A number of a preset, or a text with percent letters; null and a reason for anything else.</summary>
    public static LineFormat? TryParse(string text, out string mistake)
    {
        mistake = "";
        if (text is ['1' or '2' or '3' or '4'])
        {
            return new LineFormat(Presets[text[0] - '1']);
        }

        if (text.Length > Longest)
        {
            mistake = $"A format has at most {Longest} characters.";
            return null;
        }

        if (!text.Contains('%'))
        {
            mistake = $"'{WeatherProblems.Shorten(text)}' is none of json, text, ansi, csv, p1, 1, 2, 3, 4, "
                + "and has no %.";
            return null;
        }

        var unescaped = text.Replace("\\n", "\n", StringComparison.Ordinal);
        if (unescaped.Any(c => char.IsControl(c) && c != '\n'))
        {
            // It is sent back to a terminal: nobody shall steer one with a link.
            mistake = "A format has no control characters but \\n.";
            return null;
        }

        return new LineFormat(unescaped);
    }

    public string Write(ForecastView view, WeatherUnits units, PageLanguage language, DateTimeOffset now)
    {
        var line = new StringBuilder();
        for (var i = 0; i < _text.Length; i++)
        {
            if (_text[i] == '%' && i + 1 < _text.Length && Value(_text[i + 1], view, units, language, now) is { } value)
            {
                line.Append(value);
                i++;
            }
            else
            {
                line.Append(_text[i]);
            }
        }

        return line.ToString();
    }

    private static string? Value(
        char letter, ForecastView view, WeatherUnits units, PageLanguage language, DateTimeOffset now)
    {
        var weather = view.Now;
        var today = view.Day(0);
        var code = WeatherCode.Find(weather?.Code ?? today?.Code);
        return letter switch
        {
            'c' => code?.Sign ?? "?",
            'C' => code?.Text(language) ?? "?",
            'x' => code?.Plain ?? "?",
            'i' => code?.Code.ToString(CultureInfo.InvariantCulture) ?? "?",
            't' => Degrees(weather?.Temperature, units),
            'f' => Degrees(weather?.FeelsLike, units),
            'e' => Degrees(weather?.DewPoint, units),
            'H' => Degrees(today?.Max, units),
            'L' => Degrees(today?.Min, units),
            'h' => Whole(weather?.HumidityPercent, "%"),
            'w' => Wind(weather, units),
            'l' => view.Place.Name,
            'm' => MoonPhase.Sign(now),
            'M' => ((int)Math.Round(MoonPhase.Age(now))).ToString(CultureInfo.InvariantCulture),
            'p' => units.LengthText(weather?.Precipitation) is { } fallen ? fallen + units.LengthUnit : "?",
            'o' => today?.RainPercent is { } rain ? WeatherUnits.Round(rain, 0) == 0 ? "" : Whole(rain, "%") : "?",
            'P' => Whole(weather?.Pressure, "hPa"),
            'u' => Whole(weather?.UvIndex, ""),
            _ => Time(letter, view, now),
        };
    }

    private static string? Time(char letter, ForecastView view, DateTimeOffset now)
    {
        if (letter == 'Z')
        {
            return view.Place.ZoneName;
        }

        if (letter == 'T')
        {
            var local = view.Place.Local(now);
            return local.ToString("HH:mm:ss", CultureInfo.InvariantCulture)
                + local.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        }

        if (letter is not ('D' or 'S' or 'z' or 's' or 'd'))
        {
            return null;
        }

        var sun = SunTimes.Of(view.Place, view.Today);
        var at = letter switch
        {
            'D' => sun.Dawn,
            'S' => sun.Rise,
            'z' => sun.Noon,
            's' => sun.Set,
            _ => sun.Dusk,
        };

        // On a polar day or in a polar night there is no such moment.
        return at?.ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? "-";
    }

    private static string Degrees(decimal? celsius, WeatherUnits units) =>
        units.Temperature(celsius) is { } degrees ? WeatherUnits.Signed(degrees) + units.TemperatureUnit : "?";

    private static string Whole(decimal? value, string unit) =>
        value is { } number ? WeatherUnits.Text(number, 0) + unit : "?";

    private static string Wind(CurrentWeather? weather, WeatherUnits units) =>
        units.Speed(weather?.WindSpeed) is { } speed ? Arrow(weather!.WindFrom) + Whole(speed, units.SpeedUnit) : "?";

    /// <summary>The arrow in the direction in which the wind blows; nothing when that is unknown.</summary>
    public static string Arrow(decimal? from) =>
        from is { } degrees ? Arrows[(int)((degrees + 22.5m) % 360 / 45)].ToString() : "";
}
