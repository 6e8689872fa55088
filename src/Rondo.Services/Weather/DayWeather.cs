namespace Rondo.Services.Weather;

/// <summary>One day of a place, from its midnight to the next; null is what the source did not say.</summary>
internal sealed record DayWeather(DateOnly Date)
{
    public decimal? Min { get; init; }

    public decimal? Max { get; init; }

    public decimal? RainPercent { get; init; }

    public decimal? Precipitation { get; init; }

    /// <summary>The strongest wind in km/h.</summary>
    public decimal? WindSpeed { get; init; }

    public decimal? UvIndex { get; init; }

    public int? Code { get; init; }

    /// <summary>Whether it says what a forecast is read for.</summary>
    public bool HasTemperature => Max is not null;
}
