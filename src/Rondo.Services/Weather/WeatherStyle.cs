using System.Globalization;
using System.Text;
using System.Text.Json;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Weather;

internal enum WeatherFormat
{
    Json,
    Text,
    Ansi,
    Line,
    Csv,
    Prometheus,

    /// <summary>A page, for browsers alone.</summary>
    Html,
}

/// <summary>How the weather of a place is to be shown, in an answer as in a terminal.</summary>
internal sealed record WeatherStyle
{
    public const string DaysText = "a number from 1 to 7";
    public const string UnitsText = "one of metric, imperial, si";
    public const string LanguageText = "one of en, de";

    public WeatherFormat Format { get; init; }

    /// <summary>What one line is made of, with <see cref="WeatherFormat.Line"/>.</summary>
    public LineFormat? Line { get; init; }

    /// <summary>1 to <see cref="ForecastView.MostDays"/>, today included.</summary>
    public int Days { get; init; } = 2;

    public WeatherUnits Units { get; init; } = WeatherUnits.Metric;

    public PageLanguage Language { get; init; }

    /// <summary>This style in another format, by its name, a preset's number or a text with percent letters.</summary>
    public WeatherStyle? WithFormat(string text, out string mistake)
    {
        mistake = "";
        WeatherFormat? named = text switch
        {
            "json" => WeatherFormat.Json,
            "text" => WeatherFormat.Text,
            "ansi" => WeatherFormat.Ansi,
            "csv" => WeatherFormat.Csv,
            "p1" => WeatherFormat.Prometheus,
            _ => null,
        };
        if (named is { } format)
        {
            return this with { Format = format };
        }

        return LineFormat.TryParse(text, out mistake) is { } line
            ? this with { Format = WeatherFormat.Line, Line = line }
            : null;
    }

    public WeatherStyle? WithDays(string text) =>
        text.Length == 1 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            && days is >= 1 and <= ForecastView.MostDays
            ? this with { Days = days }
            : null;

    public WeatherStyle? WithUnits(string text) => text switch
    {
        "metric" => this with { Units = WeatherUnits.Metric },
        "imperial" => this with { Units = WeatherUnits.Imperial },
        "si" => this with { Units = WeatherUnits.Si },
        _ => null,
    };

    public WeatherStyle? WithLanguage(string text) =>
        PageLanguages.Parse(text) is { } language ? this with { Language = language } : null;

    /// <summary>The view as text, JSON included.</summary>
    public string Write(ForecastView view, DateTimeOffset now) => Format switch
    {
        WeatherFormat.Json => Json(view, now),
        WeatherFormat.Csv => WeatherCsv.Write(view, Days, Units, Language),
        WeatherFormat.Prometheus => WeatherGauges.Write(view, Days, now),
        WeatherFormat.Line => Line!.Write(view, Units, Language, now),
        _ => WeatherBlock.Write(view, this, now),
    };

    private string Json(ForecastView view, DateTimeOffset now)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            WeatherJson.Write(json, view, this, now);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
