using Rondo.Services.Weather;

namespace Rondo.Services.Board;

/// <summary>Where the board has the weather of its place from.</summary>
/// <threadsafety>One call at a time.</threadsafety>
internal interface IBoardWeather
{
    /// <summary>In which the board tells the time.</summary>
    TimeZoneInfo Zone { get; }

    /// <summary>Today and tomorrow; null until a source has answered.</summary>
    ValueTask<ForecastView?> ReadAsync();
}
