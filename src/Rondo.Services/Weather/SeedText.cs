namespace Rondo.Services.Weather;

/// <summary>The talks' routes.</summary>
internal enum SeedRoute
{
    Today,
    Tomorrow,
    Forecast,
}

/// <summary>The sentences of the talks.</summary>
internal static class SeedText
{
    /// <summary>Null when there is nothing to say.</summary>
    public static string? Today(ForecastView view) =>
        view.Temperature(0) is { } now ? $"Today it's {Degrees(now)} in {view.Place.Name}" : null;

    public static string? Tomorrow(ForecastView view) =>
        view.Temperature(1) is { } next ? $"Tomorrow it's {Degrees(next)} in {view.Place.Name}" : null;

    /// <summary>Both days in one line; the one that is missing is named.</summary>
    public static string? Forecast(ForecastView view) => (Today(view), view.Temperature(1)) switch
    {
        (null, null) => null,
        (null, _) => $"Today: no data. {Tomorrow(view)}",
        ({ } today, null) => today + ". Tomorrow: no data",
        ({ } today, { } next) => $"{today}. Tomorrow it's {Degrees(next)}",
    };

    /// <summary>Such as <c>10.1 C</c>.</summary>
    public static string Degrees(decimal celsius) => WeatherUnits.Text(celsius, 1) + " C";
}
