namespace Rondo.Services.Weather;

/// <summary>
/// Conditions at one moment, in degrees Celsius, km/h, mm, hPa and km; null is what the source did not say.
/// </summary>
internal sealed record CurrentWeather(decimal Temperature)
{
    public decimal? FeelsLike { get; init; }

    public decimal? HumidityPercent { get; init; }

    public decimal? WindSpeed { get; init; }

    /// <summary>Where the wind comes from, in degrees clockwise from north.</summary>
    public decimal? WindFrom { get; init; }

    public decimal? Pressure { get; init; }

    public decimal? Precipitation { get; init; }

    public decimal? UvIndex { get; init; }

    public decimal? DewPoint { get; init; }

    public decimal? CloudPercent { get; init; }

    public decimal? Visibility { get; init; }

    /// <summary>A code of the World Meteorological Organization's table 4677, as far as it is used here.</summary>
    public int? Code { get; init; }
}
