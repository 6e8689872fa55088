using System.Globalization;
using System.Text.Json;
using static Rondo.Services.Weather.Sources.WeatherDocument;

namespace Rondo.Services.Weather.Sources;

/// <summary>The answers of Open-Meteo's <c>/v1/forecast</c>.</summary>
internal static class OpenMeteoJson
{
    public static readonly CurrentMembers Present = new()
    {
        Temperature = "temperature_2m",
        FeelsLike = "apparent_temperature",
        Humidity = "relative_humidity_2m",
        DewPoint = "dew_point_2m",
        Precipitation = "precipitation",
        CloudCover = "cloud_cover",
        Pressure = "pressure_msl",
        WindSpeed = "wind_speed_10m",
        WindFrom = "wind_direction_10m",
        Visibility = "visibility",
        Kilometre = 1000,
        UvIndex = "uv_index",
        Code = "weather_code",
    };

    public static readonly DayMembers Daily = new()
    {
        Max = "temperature_2m_max",
        Min = "temperature_2m_min",
        RainPercent = "precipitation_probability_max",
        Precipitation = "precipitation_sum",
        WindSpeed = "wind_speed_10m_max",
        UvIndex = "uv_index_max",
        Code = "weather_code",
    };

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
        var units = root.Member("current_units");
        CheckUnit(units, Present.Temperature, "°C");
        CheckUnit(units, Present.WindSpeed, "km/h");
        CheckUnit(units, Present.Precipitation, "mm");
        var current = root.Member("current");
        CheckTime(current.Member("time").GetString(), root.Member("utc_offset_seconds").GetInt32(), now);
        return Present.Read(current);
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

    private static IReadOnlyList<DayWeather> Days(JsonElement root)
    {
        var units = root.Member("daily_units");
        CheckUnit(units, Daily.Max, "°C");
        CheckUnit(units, Daily.Precipitation, "mm");
        CheckUnit(units, Daily.WindSpeed, "km/h");
        var daily = root.Member("daily");
        var dates = daily.Member("time").EnumerateArray().Select(d => Date(d.GetString())).ToList();
        var columns = Daily.All.ToDictionary(name => name, name => Column(daily, name, dates.Count));
        return DayMembers.Distinct(dates.Select((date, day) => Daily.Read(date, name => columns[name]?[day])));
    }

    private static JsonElement[]? Column(JsonElement daily, string name, int count)
    {
        if (daily.Value(name) is not { ValueKind: not JsonValueKind.Null } values)
        {
            return null;
        }

        var column = values.EnumerateArray().ToArray();
        return column.Length == count
            ? column
            : throw new WeatherFormatException($"'{name}' has {column.Length} values for {count} days.");
    }
}
