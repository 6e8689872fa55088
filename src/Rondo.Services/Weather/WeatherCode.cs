using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Weather;

/// <summary>
/// A kind of weather, by the codes of the World Meteorological Organization's table 4677 that forecasts use.
/// </summary>
/// <param name="Code">The number.</param>
/// <param name="Sign">A picture for terminals and chats.</param>
/// <param name="Plain">The same in ASCII: more of a character is more of it.</param>
internal sealed record WeatherCode(int Code, string Sign, string Plain)
{
    private static readonly WeatherCode[] All =
    [
        new(0, "☀️", "o"),
        new(1, "🌤️", "m"),
        new(2, "⛅️", "m"),
        new(3, "☁️", "mmm"),
        new(45, "🌫️", "="),
        new(48, "🌫️", "="),
        new(51, "🌦️", "/"),
        new(53, "🌦️", "/"),
        new(55, "🌧️", "/"),
        new(56, "🌧️", "/"),
        new(57, "🌧️", "/"),
        new(61, "🌦️", "/"),
        new(63, "🌧️", "//"),
        new(65, "🌧️", "///"),
        new(66, "🌧️", "/"),
        new(67, "🌧️", "///"),
        new(71, "🌨️", "*"),
        new(73, "🌨️", "**"),
        new(75, "❄️", "***"),
        new(77, "🌨️", "*"),
        new(80, "🌦️", "/"),
        new(81, "🌧️", "//"),
        new(82, "🌧️", "///"),
        new(85, "🌨️", "*"),
        new(86, "❄️", "***"),
        new(95, "⛈️", "!/"),
        new(96, "⛈️", "!/"),
        new(99, "⛈️", "!/"),
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

    public string Text(PageLanguage language) => WeatherWords.Of(language).Code(Code);
}
