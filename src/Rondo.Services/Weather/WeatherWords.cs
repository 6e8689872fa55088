using System.Globalization;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Weather;

/// <summary>What is said around the values, in one language.</summary>
internal sealed class WeatherWords(PageTexts texts)
{
    private static readonly WeatherWords English = new(PageTexts.Of("weather", PageLanguage.English));

    private static readonly WeatherWords German = new(PageTexts.Of("weather", PageLanguage.German));

    public string Tag => texts.Language.Tag();

    public string Today => texts["today"];

    public string Tomorrow => texts["tomorrow"];

    public string NoData => texts["no-data"];

    public string Present => texts["present"];

    public string Days => texts["days"];

    public string FeelsLike => texts["feels-like"];

    public string Wind => texts["wind"];

    public string Humidity => texts["humidity"];

    public string Pressure => texts["pressure"];

    public string Precipitation => texts["precipitation"];

    public string Visibility => texts["visibility"];

    public string UvIndex => texts["uv-index"];

    public string Sun => texts["sun"];

    public string Rain => texts["rain"];

    public string Elsewhere => texts["elsewhere"];

    public string Place => texts["place"];

    public string Show => texts["show"];

    public string Week => texts["week"];

    /// <summary>What speakers of the other language call theirs.</summary>
    public string OtherLanguage => texts["other-language"];

    public static WeatherWords Of(PageLanguage language) => language is PageLanguage.German ? German : English;

    /// <summary>A kind of weather by its number in the World Meteorological Organization's table.</summary>
    public string Code(int code) => texts[string.Create(CultureInfo.InvariantCulture, $"code-{code}")];

    /// <summary>Today, tomorrow, then month and day.</summary>
    public string Day(ForecastView view, int offset) => offset switch
    {
        0 => Today,
        1 => Tomorrow,
        _ => view.Today.AddDays(offset).ToString("MM-dd", CultureInfo.InvariantCulture),
    };
}
