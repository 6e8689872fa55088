using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Weather.Http;

/// <summary>The weather of a place as a page that needs no script, or why there is none.</summary>
internal static class WeatherPage
{
    // Between a number and its unit.
    private const char NoBreak = '\u00a0';

    /// <summary>The path of a place that is asked for by <paramref name="text"/>.</summary>
    public static string Address(string text) => "/weather/" + Uri.EscapeDataString(text);

    /// <param name="context">The request, which is answered.</param>
    /// <param name="view">The weather.</param>
    /// <param name="style">Days, units and language.</param>
    /// <param name="address">The path of the place.</param>
    /// <param name="now">The present.</param>
    public static Task WriteAsync(
        HttpContext context, ForecastView view, WeatherStyle style, string address, DateTimeOffset now)
    {
        var words = WeatherWords.Of(style.Language);
        var days = Enumerable.Range(0, style.Days).Select(offset => Day(view, offset, style, words));
        return HtmlPage.WriteAsync(context, view.Place.Name, Html.Of($$"""
            <main class="sheet" lang="{{words.Tag}}">
            <h1><bdi>{{view.Place.FullName}}</bdi></h1>
            <p class="lede">{{Headline(view, style, words)}}</p>
            <p class="say" lang="en">{{Origin(view, now)}} {{Missing(view, style.Days)}}</p>
            {{Present(view, style.Units, words)}}
            <section aria-labelledby="days">
            <h2 id="days">{{words.Days}}</h2>
            <dl class="facts">{{Html.Join(days)}}</dl>
            </section>
            {{Elsewhere(words)}}
            <ul class="links">
            <li><a href="{{address}}?days={{ForecastView.MostDays}}&amp;lang={{words.Tag}}">{{words.Week}}</a></li>
            <li>{{OtherLanguage(address, style.Language, words)}}</li>
            <li><a href="{{address}}?format=text">text</a></li>
            <li><a href="{{address}}?format=json">JSON</a></li>
            <li><a href="{{address}}?format=csv">CSV</a></li>
            <li><a href="{{address}}?format=p1">Prometheus</a></li>
            </ul>
            </main>
            """));
    }

    /// <param name="context">The request, which is answered.</param>
    /// <param name="problem">Why there is no weather.</param>
    /// <param name="near">What may have been meant.</param>
    public static Task WriteAsync(HttpContext context, Problem problem, IReadOnlyList<WeatherPlace> near)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.Headers.CacheControl = "no-store";
        var links = near.Select(p => Html.Of($"<li><a href=\"{Address(p.FullName)}\">{p.FullName}</a></li>"));
        return HtmlPage.WriteAsync(context, problem.Type.Title, Html.Of($$"""
            <main class="sheet">
            <h1>{{problem.Type.Title}}</h1>
            <p class="lede" role="alert"><bdi>{{problem.Detail}}</bdi></p>
            {{(near.Count == 0 ? default : Html.Of($"<ul class=\"links\">{Html.Join(links)}</ul>"))}}
            {{Elsewhere(WeatherWords.Of(PageLanguage.English))}}
            </main>
            """));
    }

    /// <summary>Who says it, how good it is and how old.</summary>
    public static Html Origin(ForecastView view, DateTimeOffset now)
    {
        var quality = view.IsFixture ? Html.Of($"<b class=\"stale\">fixture</b>, invented for trying things out")
            : view.IsStale ? Html.Of($"<b class=\"stale\">stale</b>")
            : Html.Of($"<b class=\"fresh\">current</b>");
        var thanks = view.Source.Split(", ").Where(s => WeatherSourceName.Site(s) is not null).Select(s => Html.Of(
            $" <a href=\"{WeatherSourceName.Site(s)}\">{WeatherSourceName.Attribution(s)[0]}</a>."));
        return Html.Of(
            $"From {view.Source}, {quality}, {(long)view.Age(now).TotalMinutes} min old.{Html.Join(thanks)}");
    }

    private static string Headline(ForecastView view, WeatherStyle style, WeatherWords words)
    {
        var (weather, units) = (view.Now, style.Units);
        var code = WeatherCode.Find(weather?.Code ?? view.Day(0)?.Code);
        var parts = new[]
        {
            code is null ? null : $"{code.Sign} {code.Text(style.Language)}",
            Degrees(weather?.Temperature, units),
            Degrees(weather?.FeelsLike, units) is { } felt ? $"{words.FeelsLike} {felt}" : null,
        };
        return string.Join(", ", parts.OfType<string>().DefaultIfEmpty(words.NoData));
    }

    private static Html Missing(ForecastView view, int days) => view.Missing(days) is { Count: > 0 } missing
        ? Html.Of($"<b class=\"stale\">partial</b>: no data for {string.Join(", ", missing)}.")
        : default;

    private static Html Present(ForecastView view, WeatherUnits units, WeatherWords words)
    {
        var weather = view.Now;
        var sun = SunTimes.Of(view.Place, view.Today);
        (string Name, string? Value)[] facts =
        [
            (words.Wind, units.Speed(weather?.WindSpeed) is { } speed
                ? $"{LineFormat.Arrow(weather!.WindFrom)} {WeatherUnits.Text(speed, 0)} {units.SpeedUnit}".Trim()
                : null),
            (words.Humidity, Whole(weather?.HumidityPercent, "%")),
            (words.Pressure, Whole(weather?.Pressure, "hPa")),
            (words.Precipitation, units.LengthText(weather?.Precipitation) is { } fallen
                ? $"{fallen} {units.LengthUnit}"
                : null),
            (words.Visibility, Whole(units.Distance(weather?.Visibility), units.DistanceUnit)),
            (words.UvIndex, weather?.UvIndex is { } index ? WeatherUnits.Text(index, 0) : null),
            (words.Sun, sun is { Rise: { } rise, Set: { } set } ? $"{rise:HH:mm}–{set:HH:mm}" : null),
        ];
        var shown = facts.Where(f => f.Value is not null)
            .Select(f => Html.Of($"<div><dt>{f.Name}</dt><dd>{f.Value}</dd></div>")).ToList();
        return shown.Count == 0 ? default : Html.Of($$"""
            <section aria-labelledby="present">
            <h2 id="present">{{words.Present}}</h2>
            <dl class="facts">{{Html.Join(shown)}}</dl>
            </section>
            """);
    }

    private static Html Day(ForecastView view, int offset, WeatherStyle style, WeatherWords words)
    {
        var day = view.Day(offset);
        var rest = string.Join(" · ", new[]
        {
            Degrees(day?.Min, style.Units),
            WeatherCode.Find(day?.Code)?.Text(style.Language),
            Whole(day?.RainPercent, $"%{NoBreak}{words.Rain}"),
        }.OfType<string>());
        return Html.Of($$"""
            <div><dt>{{words.Day(view, offset)}}</dt>
            <dd>{{Degrees(day?.Max, style.Units) ?? words.NoData}}<small>{{rest}}</small></dd></div>
            """);
    }

    private static Html Elsewhere(WeatherWords words) => Html.Of($$"""
        <section aria-labelledby="elsewhere">
        <h2 id="elsewhere">{{words.Elsewhere}}</h2>
        <form class="row" action="/weather">
        <label>{{words.Place}}<input name="place" maxlength="100" autocomplete="off" required></label>
        <button>{{words.Show}}</button>
        </form>
        </section>
        """);

    private static Html OtherLanguage(string address, PageLanguage language, WeatherWords words)
    {
        var other = WeatherWords.Of(
            language is PageLanguage.German ? PageLanguage.English : PageLanguage.German).Tag;
        return Html.Of(
            $"<a href=\"{address}?lang={other}\" lang=\"{other}\" hreflang=\"{other}\">{words.OtherLanguage}</a>");
    }

    private static string? Degrees(decimal? celsius, WeatherUnits units) =>
        units.Temperature(celsius) is { } degrees
            ? $"{WeatherUnits.Signed(degrees)}{NoBreak}{units.TemperatureUnit}"
            : null;

    private static string? Whole(decimal? value, string unit) =>
        value is { } number ? $"{WeatherUnits.Text(number, 0)}{NoBreak}{unit}" : null;
}
