using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Http;

namespace Rondo.Services.Weather.Http;

/// <summary><c>GET /weather</c> and <c>/weather/{place}</c>, in every form.</summary>
internal sealed class WeatherEndpoints(
    WeatherAggregator weather, PlaceBook places, WeatherEvents events, StreamFeed feed, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/weather", Default);
        routes.MapRead("/weather/{place}", Named);
        routes.MapGet("/weather/{place}/stream", Watch);
    }

    private Task Default(HttpContext context) => WriteAsync(context, places.Default);

    private Task Named(HttpContext context)
    {
        var text = (string)context.Request.RouteValues["place"]!;
        var found = places.Resolve(text);
        return found.Place is { } place
            ? WriteAsync(context, place)
            : WeatherProblems.Place(text, found).WriteAsync(context);
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

    private async Task WriteAsync(HttpContext context, WeatherPlace place)
    {
        var parameters = new WeatherParameters(context);
        if (parameters.Problem is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        var style = parameters.Style;
        var view = await weather.GetAsync(place, style.Days, context.RequestAborted);
        if (view.IsEmpty)
        {
            await weather.Nothing(context, place).WriteAsync(context);
            return;
        }

        var now = time.GetUtcNow();
        var isPartial = view.Missing(style.Days).Count > 0;

        // A line may hold the time, and JSON and gauges hold the age: none is the same a second later.
        var variant = $"{style.Format}-{style.Days}-{style.Units.SpeedUnit}-{style.Language}";
        if (style.Format is WeatherFormat.Line or WeatherFormat.Prometheus or WeatherFormat.Json)
        {
            variant += $"-{now.ToUnixTimeSeconds():x}";
        }

        if (WeatherLabels.Write(context, view, isPartial, variant.ToLowerInvariant(), isPublic: false, now))
        {
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
}
