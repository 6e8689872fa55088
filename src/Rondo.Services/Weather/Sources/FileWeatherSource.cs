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

    private static readonly CurrentMembers Present = new()
    {
        Temperature = "temperature",
        FeelsLike = "feels_like",
        Humidity = "humidity",
        DewPoint = "dew_point",
        Precipitation = "precipitation",
        CloudCover = "cloud_cover",
        Pressure = "pressure",
        WindSpeed = "wind_speed",
        WindFrom = "wind_from",
        Visibility = "visibility",
        UvIndex = "uv_index",
        Code = "code",
    };

    private static readonly DayMembers Daily = new()
    {
        Max = "max",
        Min = "min",
        RainPercent = "rain_probability",
        Precipitation = "precipitation",
        WindSpeed = "wind_speed",
        UvIndex = "uv_index",
        Code = "code",
    };

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

    private static WeatherReading Reading(JsonElement entry, DateTimeOffset present)
    {
        var asOf = Instant(entry.Member("observed_at").GetString());
        if (asOf > present + MostAhead)
        {
            throw new WeatherFormatException($"It was observed at {asOf:u}, which is in the future.");
        }

        return new WeatherReading(asOf)
        {
            Now = entry.Value("now") is { } now ? Present.Read(now) : null,
            Days = entry.Value("days") is { } days ? DayMembers.Distinct(days.EnumerateArray().Select(Day)) : null,
        };
    }

    private static DayWeather Day(JsonElement day) => Daily.Read(
        Date(day.Member("date").GetString()), name => day.Value(name));
}
