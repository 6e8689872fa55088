namespace Rondo.Services.Weather;

/// <summary>What a source has said about one place: some of the parts it was asked for, or all.</summary>
/// <param name="AsOf">When that was true, as far as the source knows.</param>
internal sealed record WeatherReading(DateTimeOffset AsOf)
{
    public CurrentWeather? Now { get; init; }

    /// <summary>At most one for each date, in any order.</summary>
    public IReadOnlyList<DayWeather>? Days { get; init; }

    public WeatherParts Parts =>
        (Now is null ? WeatherParts.None : WeatherParts.Now) | (Days is null ? WeatherParts.None : WeatherParts.Days);
}
