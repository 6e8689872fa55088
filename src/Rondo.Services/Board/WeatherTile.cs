using Rondo.Services.Hosting.Pages;
using Rondo.Services.Weather;

namespace Rondo.Services.Board;

/// <summary>The weather of today and tomorrow, where it is from and how old it is.</summary>
internal static class WeatherTile
{
    private const char NoBreak = '\u00a0';

    public static Html Of(BoardFacts facts, PageTexts texts)
    {
        if (facts.Weather is not { } view)
        {
            return Html.Of($"<p class=\"nothing\">{texts["weather-nothing"]}</p>");
        }

        return Html.Of($$"""
            <div class="days">
            {{Day(view, 0, view.Now?.Temperature, texts)}}
            {{Day(view, 1, null, texts)}}
            </div>
            <p class="fine">{{BoardAge.Of(view.AsOf)}}{{Quality(view, texts)}} <span>{{Origin(view, texts)}}</span></p>
            """);
    }

    private static Html Day(ForecastView view, int offset, decimal? now, PageTexts texts)
    {
        var words = WeatherWords.Of(texts.Language);
        var day = view.Day(offset);
        var code = offset == 0 ? view.Now?.Code ?? day?.Code : day?.Code;
        var degrees = now ?? day?.Max;
        var facts = new[]
        {
            day is { Min: { } min, Max: { } max }
                ? texts.Say("weather-range", Degrees(min, texts), Degrees(max, texts)) : null,
            day?.RainPercent is { } rain ? texts.Say("weather-rain", texts.Number(rain, 0) + NoBreak + "%") : null,
        };
        return Html.Of($$"""
            <div><h3>{{words.Day(view, offset)}}</h3>
            <p class="degrees">{{BoardIcon.Sky(code)}}<b>{{(degrees is { } value ? Degrees(value, texts) : words.NoData)}}</b></p>
            <p class="sky-words">{{WeatherCode.Find(code)?.Text(texts.Language)}}</p>
            <p class="fine">{{Html.Join(facts.OfType<string>().Select(f => Html.Of($"<span>{f}</span> ")))}}</p></div>
            """);
    }

    public static string Degrees(decimal celsius, PageTexts texts) => texts.Number(celsius, 0).Replace('-', '−') + "°";

    private static Html Quality(ForecastView view, PageTexts texts) =>
        view.IsFixture ? Flag(texts["quality-invented"])
        : view.Missing(2).Count > 0 ? Flag(texts["quality-partial"])
        : view.IsStale ? Flag(texts["quality-stale"])
        : default;

    private static Html Flag(string text) => Html.Of($" <span class=\"flag doubt\">{text}</span>");

    // A licence asks for a link to who has made the forecast.
    private static Html Origin(ForecastView view, PageTexts texts) => view.IsFixture
        ? Html.Of($"{view.Place.Name}")
        : Html.Of($"{view.Place.Name}, {Html.Join(view.Source.Split(", ").Select(Name))}");

    private static Html Name(string source) => WeatherSourceName.Site(source) is { } site
        ? Html.Of($"<a href=\"{site}\" rel=\"noreferrer\">{WeatherSourceName.Attribution(source)[0]}</a> ")
        : Html.Of($"{source} ");
}
