namespace Rondo.Services.Weather.Sources;

/// <summary>
/// Invented weather for Munich, the same on every day, for trying things out without a network; it never stands in for
/// another source.
/// </summary>
internal sealed class FixtureSource(Func<bool> isAsked, TimeProvider time) : IWeatherSource
{
    public static WeatherPlace Place { get; } = Gazetteer.Resolve("Munich").Place!;

    // The temperatures and probabilities of the first two days are those of the talks.
    private static readonly (decimal Min, decimal Max, decimal Rain, int Code)[] Week =
    [
        (3.4m, 11.2m, 90, 61), (4.1m, 12.8m, 20, 2), (5.6m, 14.0m, 5, 1), (2.2m, 9.7m, 60, 80), (-0.4m, 4.9m, 40, 71),
        (-3.1m, 1.3m, 30, 3), (-1.5m, 3.8m, 10, 45),
    ];

    public string Name => WeatherSourceName.Fixture;

    public WeatherSourceKind Kind => WeatherSourceKind.Fixture;

    public string Location => "built in";

    public bool Serves(WeatherPlace place) => isAsked() && place.Key == Place.Key;

    public bool NeedsCall(WeatherPlace place) => false;

    public IEnumerable<WeatherParts> Calls(WeatherParts due) => [due];

    public Task<WeatherReading> FetchAsync(WeatherPlace place, WeatherParts parts, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return Task.FromResult(new WeatherReading(now)
        {
            Now = new CurrentWeather(10.1m)
            {
                FeelsLike = 8.3m,
                HumidityPercent = 87,
                DewPoint = 8.0m,
                Precipitation = 0.4m,
                CloudPercent = 95,
                Pressure = 1008.2m,
                WindSpeed = 14.4m,
                WindFrom = 250,
                Visibility = 9.5m,
                UvIndex = 1,
                Code = 61,
            },
            Days = [.. Week.Select((day, i) => new DayWeather(place.Today(now).AddDays(i))
            {
                Min = day.Min,
                Max = day.Max,
                RainPercent = day.Rain,
                Precipitation = day.Rain / 20,
                WindSpeed = 20 + i,
                UvIndex = 1,
                Code = day.Code,
            })],
        });
    }
}
