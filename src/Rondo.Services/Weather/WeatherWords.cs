using System.Globalization;

namespace Rondo.Services.Weather;

/// <summary>What is said around the values, in one language.</summary>
internal sealed record WeatherWords(string Tag)
{
    private static readonly WeatherWords English = new("en");

    private static readonly WeatherWords German = new("de")
    {
        Today = "Heute",
        Tomorrow = "Morgen",
        NoData = "keine Daten",
        Present = "Jetzt",
        Days = "Die Tage",
        FeelsLike = "gefühlt",
        Wind = "Wind",
        Humidity = "Luftfeuchte",
        Pressure = "Luftdruck",
        Precipitation = "Niederschlag",
        Visibility = "Sicht",
        UvIndex = "UV-Index",
        Sun = "Sonne",
        Rain = "Regen",
        Elsewhere = "Anderswo",
        Place = "Ort",
        Show = "Zeigen",
        Week = "Sieben Tage",
        OtherLanguage = "English",
    };

    public string Today { get; private init; } = "Today";

    public string Tomorrow { get; private init; } = "Tomorrow";

    public string NoData { get; private init; } = "no data";

    public string Present { get; private init; } = "At present";

    public string Days { get; private init; } = "The days";

    public string FeelsLike { get; private init; } = "feels like";

    public string Wind { get; private init; } = "Wind";

    public string Humidity { get; private init; } = "Humidity";

    public string Pressure { get; private init; } = "Pressure";

    public string Precipitation { get; private init; } = "Precipitation";

    public string Visibility { get; private init; } = "Visibility";

    public string UvIndex { get; private init; } = "UV index";

    public string Sun { get; private init; } = "Sun";

    public string Rain { get; private init; } = "rain";

    public string Elsewhere { get; private init; } = "Elsewhere";

    public string Place { get; private init; } = "Place";

    public string Show { get; private init; } = "Show";

    public string Week { get; private init; } = "Seven days";

    /// <summary>What speakers of the other language call theirs.</summary>
    public string OtherLanguage { get; private init; } = "Deutsch";

    public static WeatherWords Of(WeatherLanguage language) =>
        language is WeatherLanguage.German ? German : English;

    /// <summary>Today, tomorrow, then month and day.</summary>
    public string Day(ForecastView view, int offset) => offset switch
    {
        0 => Today,
        1 => Tomorrow,
        _ => view.Today.AddDays(offset).ToString("MM-dd", CultureInfo.InvariantCulture),
    };
}
