using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Weather.Http;

/// <summary><c>GET /weather</c> and <c>/weather/{place}</c>, in every form.</summary>
internal sealed class WeatherEndpoints(
    WeatherAggregator weather, PlaceBook places, WeatherEvents events, StreamFeed feed, TimeProvider time)
{
    private const string Root = "/weather";

    // A form can fill in a parameter, not a part of a path.
    private const string PlaceParameter = "place";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead(Root, Default).WithMetadata(BrowserPage.Instance);
        routes.MapRead(Root + "/{place}", Named).WithMetadata(BrowserPage.Instance);
        routes.MapGet(Root + "/{place}/stream", Watch);
    }

    private Task Default(HttpContext context) => context.Request.Query.TryGetValue(PlaceParameter, out var text)
        ? FindAsync(context, new WeatherParameters(context, PlaceParameter), text.ToString())
        : WriteAsync(context, new WeatherParameters(context), places.Default, Root);

    private Task Named(HttpContext context) =>
        FindAsync(context, new WeatherParameters(context), (string)context.Request.RouteValues["place"]!);

    private Task FindAsync(HttpContext context, WeatherParameters parameters, string text)
    {
        if (parameters.Problem is { } problem)
        {
            return context.RefuseAsync(problem, []);
        }

        var found = places.Resolve(text);
        return found.Place is { } place
            ? WriteAsync(context, parameters, place, WeatherPage.Address(text))
            : context.RefuseAsync(WeatherProblems.Place(text, found), found.Near);
    }

    private async Task Watch(HttpContext context)
    {
        var text = (string)context.Request.RouteValues["place"]!;
        var found = places.Resolve(text);
        if (found.Place is not { } place)
        {
            await WeatherProblems.Place(text, found).WriteAsync(context);
            return;
        }

        if (!place.IsNamed)
        {
            await WeatherProblems.Unsaved().WriteAsync(context);
            return;
        }

        using var watch = events.Begin(place);
        await feed.ServeAsync(context, place.Stream, StreamStart.Last);
    }

    private async Task WriteAsync(
        HttpContext context, WeatherParameters parameters, WeatherPlace place, string address)
    {
        context.Response.Headers.Vary = WeatherParameters.Vary;
        if (parameters.Problem is { } problem)
        {
            await context.RefuseAsync(problem, []);
            return;
        }

        var style = parameters.Style;
        var view = await weather.GetAsync(place, style.Days, context.RequestAborted);
        if (view.IsEmpty)
        {
            await context.RefuseAsync(weather.Nothing(context, place), []);
            return;
        }

        var now = time.GetUtcNow();
        var isPartial = view.Missing(style.Days).Count > 0;
        var words = WeatherWords.Of(style.Language);
        if (WeatherLabels.Write(context, view, isPartial, Variant(style, words, now), isPublic: false, now))
        {
            return;
        }

        context.Response.Headers.ContentLanguage = words.Tag;
        if (style.Format is WeatherFormat.Html)
        {
            await WeatherPage.WriteAsync(context, view, style, address, now);
            return;
        }

        if (style.Format is WeatherFormat.Json)
        {
            await JsonReply.WriteAsync(context, json => WeatherJson.Write(json, view, style, now));
            return;
        }

        context.Response.ContentType = style.Format switch
        {
            WeatherFormat.Csv => "text/csv; charset=utf-8",
            WeatherFormat.Prometheus => PrometheusText.ContentType,
            _ => "text/plain; charset=utf-8",
        };
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(style.Write(view, now), context.RequestAborted);
    }

    // A line may hold the time, JSON and gauges hold the age: none is the same a second later. A page and a block of
    // text tell minutes.
    private static string Variant(WeatherStyle style, WeatherWords words, DateTimeOffset now)
    {
        var tick = style.Format switch
        {
            WeatherFormat.Line or WeatherFormat.Prometheus or WeatherFormat.Json => now.ToUnixTimeSeconds(),
            WeatherFormat.Csv => 0,
            _ => now.ToUnixTimeSeconds() / 60,
        };
        return $"{style.Format}-{style.Days}-{style.Units.SpeedUnit}-{words.Tag}-{tick:x}".ToLowerInvariant();
    }
}
