namespace Rondo.Services.Weather.Sources;

internal enum WeatherSourceKind
{
    /// <summary>A server of somebody else: its calls are counted and may fail.</summary>
    Server,

    File,

    Fixture,
}

/// <summary>Brings the weather of places in.</summary>
internal interface IWeatherSource
{
    string Name { get; }

    WeatherSourceKind Kind { get; }

    /// <summary>Where it reads, for people.</summary>
    string Location { get; }

    /// <summary>Whether it is to be asked for that place, as things are configured now.</summary>
    bool Serves(WeatherPlace place);

    /// <summary>Whether an answer for that place takes a call.</summary>
    bool NeedsCall(WeatherPlace place);

    /// <summary>The calls that bring the parts; they are made at once.</summary>
    IEnumerable<WeatherParts> Calls(WeatherParts due);

    /// <summary>Some of the parts, for that place and no other.</summary>
    /// <exception cref="WeatherFormatException">The answer cannot be used, or is about somewhere else.</exception>
    /// <exception cref="HttpRequestException">The source cannot be reached or refuses.</exception>
    /// <exception cref="TimeoutException">The source took too long.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    Task<WeatherReading> FetchAsync(WeatherPlace place, WeatherParts parts, CancellationToken cancellation);
}
