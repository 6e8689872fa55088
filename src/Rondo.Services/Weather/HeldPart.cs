namespace Rondo.Services.Weather;

/// <summary>A part of the weather of a place that is held, with its origin and how long it serves.</summary>
/// <param name="Value">The part.</param>
/// <param name="Source">Who said it.</param>
/// <param name="AsOf">When it was true.</param>
/// <param name="RefreshAt">From then on a request has the source asked again.</param>
/// <param name="StaleAt">From then on it is labelled as stale.</param>
/// <param name="UselessAt">From then on it is not shown any more.</param>
internal sealed record HeldPart<T>(
    T Value,
    string Source,
    DateTimeOffset AsOf,
    DateTimeOffset RefreshAt,
    DateTimeOffset StaleAt,
    DateTimeOffset UselessAt);

/// <summary>All that is held of one place; immutable, each part with an age of its own.</summary>
internal sealed record HeldWeather(HeldPart<CurrentWeather>? Now, HeldPart<IReadOnlyList<DayWeather>>? Days)
{
    public static HeldWeather Nothing { get; } = new(null, null);

    /// <summary>The parts that are missing or due to be asked for again.</summary>
    public WeatherParts Due(DateTimeOffset now) =>
        (Now is null || now >= Now.RefreshAt ? WeatherParts.Now : WeatherParts.None)
        | (Days is null || now >= Days.RefreshAt ? WeatherParts.Days : WeatherParts.None);
}
