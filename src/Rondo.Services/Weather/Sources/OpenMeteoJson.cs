using System.Globalization;
using System.Text.Json;
using static Rondo.Services.Weather.Sources.WeatherDocument;

namespace Rondo.Services.Weather.Sources;

/// <summary>The answers of Open-Meteo's <c>/v1/forecast</c>.</summary>
internal static class OpenMeteoJson
{
    public static readonly string[] CurrentMembers =
    [
        "temperature_2m", "apparent_temperature", "relative_humidity_2m", "dew_point_2m", "precipitation",
        "weather_code", "cloud_cover", "pressure_msl", "wind_speed_10m", "wind_direction_10m", "visibility", "uv_index",
    ];

    public static readonly string[] DailyMembers =
    [
        "weather_code", "temperature_2m_max", "temperature_2m_min", "precipitation_probability_max",
        "precipitation_sum", "wind_speed_10m_max", "uv_index_max",
    ];

    // The model steps by a quarter of an hour; one that is further off is about another time.
    private static readonly TimeSpan MostBehind = TimeSpan.FromHours(2);
    private static readonly TimeSpan MostAhead = TimeSpan.FromHours(1);

    /// <exception cref="WeatherFormatException">
    /// The document has another shape, place, time or unit than asked for, or holds something impossible.
    /// </exception>
    public static WeatherReading Parse(byte[] document, WeatherPlace place, WeatherParts parts, DateTimeOffset now) =>
        Read(document, root =>
        {
            if (root.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.True)
            {
                var reason = root.TryGetProperty("reason", out var said) ? said.GetRawText() : "no reason";
                throw new WeatherFormatException($"The server refuses: {Shorten(reason)}.");
            }

            CheckPlace(
                place,
                root.Number("latitude", "latitude", -90, 90),
                root.Number("longitude", "longitude", -180, 180));
            CheckZone(root, place);
            return parts is WeatherParts.Now
                ? new WeatherReading(now) { Now = Current(root, now) }
                : new WeatherReading(now) { Days = Days(root) };
        });

    private static void CheckZone(JsonElement root, WeatherPlace place)
    {
        var zone = root.Member("timezone").GetString();
        if (zone != place.ZoneName && !(place.ZoneName == "UTC" && zone == "GMT"))
        {
            throw new WeatherFormatException(
                $"The answer counts in the zone '{Shorten(zone ?? "null")}', not in '{place.ZoneName}'.");
        }
    }

    private static CurrentWeather Current(JsonElement root, DateTimeOffset now)
    {
        CheckUnit(root.Member("current_units"), "temperature_2m", "°C");
        CheckUnit(root.Member("current_units"), "wind_speed_10m", "km/h");
        CheckUnit(root.Member("current_units"), "precipitation", "mm");
        var current = root.Member("current");
        CheckTime(current.Member("time").GetString(), root.Member("utc_offset_seconds").GetInt32(), now);
        return new CurrentWeather(
            Temperature(current.Member("temperature_2m"))
                ?? throw new WeatherFormatException("The answer has no temperature."))
        {
            FeelsLike = current.Number("apparent_temperature", "temperature", -120, 90),
            HumidityPercent = current.Number("relative_humidity_2m", "humidity", 0, 100),
            DewPoint = current.Number("dew_point_2m", "temperature", -100, 70),
            Precipitation = current.Number("precipitation", "precipitation", 0, 500),
            CloudPercent = current.Number("cloud_cover", "cloud cover", 0, 100),
            Pressure = current.Number("pressure_msl", "pressure", 800, 1150),
            WindSpeed = current.Number("wind_speed_10m", "wind speed", 0, 500),
            WindFrom = current.Number("wind_direction_10m", "direction", 0, 360),
            Visibility = current.Number("visibility", "visibility", 0, 1_000_000) / 1000,
            UvIndex = current.Number("uv_index", "UV index", 0, 30),
            Code = Code(current.TryGetProperty("weather_code", out var code) ? code : null),
        };
    }

    private static void CheckTime(string? text, int offsetSeconds, DateTimeOffset now)
    {
        if (Math.Abs(offsetSeconds) > 18 * 3600 || !DateTime.TryParseExact(
            text, "yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            throw new WeatherFormatException($"'{Shorten(text ?? "null")}' is no time of the present.");
        }

        var at = new DateTimeOffset(local, TimeSpan.FromSeconds(offsetSeconds));
        if (at < now - MostBehind || at > now + MostAhead)
        {
            throw new WeatherFormatException(
                $"The present of the answer is {at.UtcDateTime:u}; here it is {now.UtcDateTime:u}.");
        }
    }

    private static List<DayWeather> Days(JsonElement root)
    {
        var daily = root.Member("daily");
        CheckUnit(root.Member("daily_units"), "temperature_2m_max", "°C");
        CheckUnit(root.Member("daily_units"), "precipitation_sum", "mm");
        CheckUnit(root.Member("daily_units"), "wind_speed_10m_max", "km/h");
        var dates = daily.Member("time").EnumerateArray().Select(d => Date(d.GetString())).ToList();
        if (dates.Distinct().Count() != dates.Count)
        {
            throw new WeatherFormatException("A date is there twice.");
        }

        var columns = DailyMembers.ToDictionary(name => name, name => Column(daily, name, dates.Count));
        var days = dates.Select((date, i) => new DayWeather(date)
        {
            Max = Temperature(Cell("temperature_2m_max", i)),
            Min = Temperature(Cell("temperature_2m_min", i)),
            RainPercent = Number(Cell("precipitation_probability_max", i), "probability", 0, 100),
            Precipitation = Number(Cell("precipitation_sum", i), "precipitation", 0, 2000),
            WindSpeed = Number(Cell("wind_speed_10m_max", i), "wind speed", 0, 500),
            UvIndex = Number(Cell("uv_index_max", i), "UV index", 0, 30),
            Code = Code(Cell("weather_code", i)),
        }).ToList();
        return days.Find(d => d.Min > d.Max) is { } wrong
            ? throw new WeatherFormatException(
                $"On {wrong.Date:yyyy-MM-dd} the lowest temperature is above the highest.")
            : days;

        JsonElement? Cell(string name, int day) => columns[name] is { } column ? column[day] : null;
    }

    private static JsonElement[]? Column(JsonElement daily, string name, int count)
    {
        if (!daily.TryGetProperty(name, out var values) || values.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        var column = values.EnumerateArray().ToArray();
        return column.Length == count
            ? column
            : throw new WeatherFormatException($"'{name}' has {column.Length} values for {count} days.");
    }
}
