namespace Rondo.Services.Weather;

/// <summary>
/// A kind of weather, by the codes of the World Meteorological Organization's table 4677 that forecasts use.
/// </summary>
/// <param name="Code">The number.</param>
/// <param name="English">In words.</param>
/// <param name="German">In German words.</param>
/// <param name="Sign">A picture for terminals and chats.</param>
/// <param name="Plain">The same in ASCII: more of a character is more of it.</param>
internal sealed record WeatherCode(int Code, string English, string German, string Sign, string Plain)
{
    private static readonly WeatherCode[] All =
    [
        new(0, "Clear", "Klar", "☀️", "o"),
        new(1, "Mainly clear", "Überwiegend klar", "🌤️", "m"),
        new(2, "Partly cloudy", "Teilweise bewölkt", "⛅️", "m"),
        new(3, "Overcast", "Bedeckt", "☁️", "mmm"),
        new(45, "Fog", "Nebel", "🌫️", "="),
        new(48, "Freezing fog", "Gefrierender Nebel", "🌫️", "="),
        new(51, "Light drizzle", "Leichter Nieselregen", "🌦️", "/"),
        new(53, "Drizzle", "Nieselregen", "🌦️", "/"),
        new(55, "Heavy drizzle", "Starker Nieselregen", "🌧️", "/"),
        new(56, "Light freezing drizzle", "Leichter gefrierender Nieselregen", "🌧️", "/"),
        new(57, "Freezing drizzle", "Gefrierender Nieselregen", "🌧️", "/"),
        new(61, "Light rain", "Leichter Regen", "🌦️", "/"),
        new(63, "Rain", "Regen", "🌧️", "//"),
        new(65, "Heavy rain", "Starker Regen", "🌧️", "///"),
        new(66, "Light freezing rain", "Leichter gefrierender Regen", "🌧️", "/"),
        new(67, "Freezing rain", "Gefrierender Regen", "🌧️", "///"),
        new(71, "Light snow", "Leichter Schneefall", "🌨️", "*"),
        new(73, "Snow", "Schneefall", "🌨️", "**"),
        new(75, "Heavy snow", "Starker Schneefall", "❄️", "***"),
        new(77, "Snow grains", "Schneegriesel", "🌨️", "*"),
        new(80, "Light showers", "Leichte Schauer", "🌦️", "/"),
        new(81, "Showers", "Schauer", "🌧️", "//"),
        new(82, "Heavy showers", "Starke Schauer", "🌧️", "///"),
        new(85, "Snow showers", "Schneeschauer", "🌨️", "*"),
        new(86, "Heavy snow showers", "Starke Schneeschauer", "❄️", "***"),
        new(95, "Thunderstorm", "Gewitter", "⛈️", "!/"),
        new(96, "Thunderstorm with hail", "Gewitter mit Hagel", "⛈️", "!/"),
        new(99, "Thunderstorm with heavy hail", "Gewitter mit starkem Hagel", "⛈️", "!/"),
    ];

    private static readonly Dictionary<int, WeatherCode> ByCode = All.ToDictionary(c => c.Code);

    // What met.no's symbols are called without "_day" and the like; with "andthunder" all of them are thunderstorms.
    private static readonly Dictionary<string, int> Symbols = new()
    {
        ["clearsky"] = 0,
        ["fair"] = 1,
        ["partlycloudy"] = 2,
        ["cloudy"] = 3,
        ["fog"] = 45,
        ["lightrain"] = 61,
        ["rain"] = 63,
        ["heavyrain"] = 65,
        ["lightrainshowers"] = 80,
        ["rainshowers"] = 81,
        ["heavyrainshowers"] = 82,
        ["lightsleet"] = 66,
        ["sleet"] = 67,
        ["heavysleet"] = 67,
        ["lightsleetshowers"] = 66,
        ["sleetshowers"] = 67,
        ["heavysleetshowers"] = 67,
        ["lightsnow"] = 71,
        ["snow"] = 73,
        ["heavysnow"] = 75,
        ["lightsnowshowers"] = 85,
        ["snowshowers"] = 85,
        ["heavysnowshowers"] = 86,
    };

    public static WeatherCode? Find(int? code) => code is { } number ? ByCode.GetValueOrDefault(number) : null;

    /// <summary>The code of a symbol such as <c>lightrainshowers_day</c>, or null.</summary>
    public static int? OfSymbol(string symbol)
    {
        var kind = symbol.Split('_')[0];
        return kind.Contains("thunder", StringComparison.Ordinal) ? 95
            : Symbols.TryGetValue(kind, out var code) ? code
            : null;
    }

    public string Text(WeatherLanguage language) => language is WeatherLanguage.German ? German : English;
}

internal enum WeatherLanguage
{
    English,
    German,
}
