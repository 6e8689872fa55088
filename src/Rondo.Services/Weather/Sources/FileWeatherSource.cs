using System.Text.Json;
using static Rondo.Services.Weather.Sources.WeatherDocument;

namespace Rondo.Services.Weather.Sources;

/// <summary>
/// A file on this machine, written by whoever has a station or fetches forecasts by other ways:
/// <c>{"places":[{"latitude","longitude","observed_at","now":{"temperature"},"days":[{"date","min","max"}]}]}</c>.
/// </summary>
internal sealed class FileWeatherSource(Func<WeatherOptions> options, Func<bool> isAsked, TimeProvider time)
    : IWeatherSource
{
    // The same place written by hand: 0.01 degrees are about a kilometre.
    private const double MostKilometresOff = 2;

    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(10);

    public string Name => WeatherSourceName.File;

    public WeatherSourceKind Kind => WeatherSourceKind.File;

    public string Location => options().File ?? "no file";

    public bool Serves(WeatherPlace place) => isAsked() && options().File is not null;

    public bool NeedsCall(WeatherPlace place) => false;

    public IEnumerable<WeatherParts> Calls(WeatherParts due) => [due];

    public async Task<WeatherReading> FetchAsync(WeatherPlace place, WeatherParts parts, CancellationToken cancellation)
    {
        var path = options().File!;
        if (new FileInfo(path) is { Exists: true, Length: > MostBytes })
        {
            throw new WeatherFormatException($"'{path}' has more than 1 MB.");
        }

        var content = await File.ReadAllBytesAsync(path, cancellation);
        var now = time.GetUtcNow();
        return Read(content, root => root.Member("places").EnumerateArray()
            .Where(p => IsFor(p, place))
            .Select(p => Reading(p, now))
            .FirstOrDefault())
            ?? throw new WeatherFormatException($"'{path}' has nothing about {place.FullName}.");
    }

    private static bool IsFor(JsonElement entry, WeatherPlace place) =>
        entry.Number("latitude", "latitude", -90, 90) is { } latitude
        && entry.Number("longitude", "longitude", -180, 180) is { } longitude
        && place.KilometresTo((double)latitude, (double)longitude) <= MostKilometresOff;

    private static WeatherReading Reading(JsonElement entry, DateTimeOffset now)
    {
        var asOf = Instant(entry.Member("observed_at").GetString());
        if (asOf > now + MostAhead)
        {
            throw new WeatherFormatException($"It was observed at {asOf:u}, which is in the future.");
        }

        var days = entry.TryGetProperty("days", out var list) ? list.EnumerateArray().Select(Day).ToList() : null;
        if (days is not null && days.Select(d => d.Date).Distinct().Count() != days.Count)
        {
            throw new WeatherFormatException("A date is there twice.");
        }

        return new WeatherReading(asOf)
        {
            Now = entry.TryGetProperty("now", out var current) ? Current(current) : null,
            Days = days,
        };
    }

    private static CurrentWeather Current(JsonElement now) => new(
        Temperature(now.Member("temperature")) ?? throw new WeatherFormatException("'now' has no temperature."))
    {
        FeelsLike = now.Number("feels_like", "temperature", -120, 90),
        HumidityPercent = now.Number("humidity", "humidity", 0, 100),
        DewPoint = now.Number("dew_point", "temperature", -100, 70),
        Precipitation = now.Number("precipitation", "precipitation", 0, 500),
        CloudPercent = now.Number("cloud_cover", "cloud cover", 0, 100),
        Pressure = now.Number("pressure", "pressure", 800, 1150),
        WindSpeed = now.Number("wind_speed", "wind speed", 0, 500),
        WindFrom = now.Number("wind_from", "direction", 0, 360),
        Visibility = now.Number("visibility", "visibility", 0, 1000),
        UvIndex = now.Number("uv_index", "UV index", 0, 30),
        Code = Code(now.TryGetProperty("code", out var code) ? code : null),
    };

    private static DayWeather Day(JsonElement day) => new(Date(day.Member("date").GetString()))
    {
        Min = Temperature(day.TryGetProperty("min", out var min) ? min : null),
        Max = Temperature(day.TryGetProperty("max", out var max) ? max : null),
        RainPercent = day.Number("rain_probability", "probability", 0, 100),
        Precipitation = day.Number("precipitation", "precipitation", 0, 2000),
        WindSpeed = day.Number("wind_speed", "wind speed", 0, 500),
        UvIndex = day.Number("uv_index", "UV index", 0, 30),
        Code = Code(day.TryGetProperty("code", out var code) ? code : null),
    };
}
