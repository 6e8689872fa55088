using System.Globalization;
using System.Text.Json;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Weather;

/// <summary>The weather of a place as JSON, the same from the service, the stream and the command line.</summary>
internal static class WeatherJson
{
    private const string InstantFormat = "yyyy-MM-ddTHH:mm:ssZ";

    public static void Write(Utf8JsonWriter json, ForecastView view, WeatherStyle style, DateTimeOffset now)
    {
        var (days, units, language) = (style.Days, style.Units, style.Language);
        json.WriteStartObject();
        WritePlace(json, view.Place);
        WriteUnits(json, units);
        WriteNow(json, view.Now, units, language);
        WriteDay(json, "today", view, 0, units, language);
        if (days > 1)
        {
            WriteDay(json, "tomorrow", view, 1, units, language);
        }

        if (days > 2)
        {
            json.WriteStartArray("later");
            for (var offset = 2; offset < days; offset++)
            {
                WriteDay(json, null, view, offset, units, language);
            }

            json.WriteEndArray();
        }

        json.WriteString("source", view.Source);
        json.WriteStartArray("attribution");
        foreach (var thanks in WeatherSourceName.Attribution(view.Source))
        {
            json.WriteStringValue(thanks);
        }

        json.WriteEndArray();
        json.WriteString("observed_at", Instant(view.AsOf));
        json.WriteNumber("age_seconds", (long)view.Age(now).TotalSeconds);
        json.WriteBoolean("stale", view.IsStale);
        json.WriteBoolean("fixture", view.IsFixture);
        var missing = view.Missing(days);
        json.WriteBoolean("partial", missing.Count > 0);
        json.WriteStartArray("missing");
        foreach (var part in missing)
        {
            json.WriteStringValue(part);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void WritePlaceMembers(Utf8JsonWriter json, WeatherPlace place)
    {
        json.WriteString("name", place.Name);
        json.WriteString("region", place.Region);
        json.WriteString("country", place.Country);
        json.WriteNumber("latitude", place.Latitude);
        json.WriteNumber("longitude", place.Longitude);
        json.WriteString("timezone", place.ZoneName);
    }

    public static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);

    private static void WritePlace(Utf8JsonWriter json, WeatherPlace place)
    {
        json.WriteStartObject("place");
        WritePlaceMembers(json, place);
        json.WriteEndObject();
    }

    private static void WriteUnits(Utf8JsonWriter json, WeatherUnits units)
    {
        json.WriteStartObject("units");
        json.WriteString("temperature", units.TemperatureUnit);
        json.WriteString("wind_speed", units.SpeedUnit);
        json.WriteString("precipitation", units.LengthUnit);
        json.WriteString("visibility", units.DistanceUnit);
        json.WriteString("pressure", "hPa");
        json.WriteEndObject();
    }

    private static void WriteNow(
        Utf8JsonWriter json, CurrentWeather? weather, WeatherUnits units, PageLanguage language)
    {
        if (weather is null)
        {
            json.WriteNull("now");
            return;
        }

        json.WriteStartObject("now");
        Number(json, "temperature", units.Temperature(weather.Temperature));
        Number(json, "feels_like", units.Temperature(weather.FeelsLike));
        Number(json, "humidity", weather.HumidityPercent);
        Number(json, "dew_point", units.Temperature(weather.DewPoint));
        Number(json, "wind_speed", units.Speed(weather.WindSpeed));
        Number(json, "wind_from", weather.WindFrom);
        Number(json, "precipitation", units.Length(weather.Precipitation));
        Number(json, "pressure", weather.Pressure);
        Number(json, "cloud_cover", weather.CloudPercent);
        Number(json, "visibility", units.Distance(weather.Visibility));
        Number(json, "uv_index", weather.UvIndex);
        WriteCode(json, weather.Code, language);
        json.WriteEndObject();
    }

    // "temperature.now" belongs to today: it is what the talks' programs read as the temperature of today.
    private static void WriteDay(
        Utf8JsonWriter json, string? name, ForecastView view, int offset, WeatherUnits units, PageLanguage language)
    {
        if (name is not null)
        {
            json.WritePropertyName(name);
        }

        if (view.Day(offset) is not { } day && (offset > 0 || view.Now is null))
        {
            json.WriteNullValue();
            return;
        }

        day = view.Day(offset) ?? new DayWeather(view.Today);
        var sun = SunTimes.Of(view.Place, day.Date);
        json.WriteStartObject();
        json.WriteString("date", day.Date.ToString("O", CultureInfo.InvariantCulture));
        json.WriteStartObject("temperature");
        Number(json, "min", units.Temperature(day.Min));
        Number(json, "max", units.Temperature(day.Max));
        if (offset == 0)
        {
            Number(json, "now", units.Temperature(view.Now?.Temperature));
        }

        json.WriteEndObject();
        Number(json, "rain_probability", day.RainPercent);
        Number(json, "precipitation", units.Length(day.Precipitation));
        Number(json, "wind_speed", units.Speed(day.WindSpeed));
        Number(json, "uv_index", day.UvIndex);
        WriteCode(json, day.Code, language);
        json.WriteString("sunrise", Local(sun.Rise));
        json.WriteString("sunset", Local(sun.Set));
        json.WriteEndObject();
    }

    private static void WriteCode(Utf8JsonWriter json, int? number, PageLanguage language)
    {
        var code = WeatherCode.Find(number);
        Number(json, "code", code?.Code);
        json.WriteString("text", code?.Text(language));
    }

    private static string? Local(DateTimeOffset? at) =>
        at?.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    private static void Number(Utf8JsonWriter json, string name, decimal? value)
    {
        if (WeatherUnits.Round(value, 2) is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
