using Rondo.Services.Hosting;

namespace Rondo.Services.Weather.Http;

/// <summary>
/// The talks' routes with their exact bodies: <c>/today</c>, <c>/tomorrow</c>, <c>/forecast</c> and
/// <c>/workshop/weather/{day}</c>, all for the default place.
/// </summary>
internal sealed class SeedWeatherEndpoints(WeatherAggregator weather, PlaceBook places, TimeProvider time)
{
    // What the talks' server sends.
    private const string WorkshopJson = "application/json; charset=UTF-8";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/today", context => WriteText(context, SeedRoute.Today));
        routes.MapRead("/tomorrow", context => WriteText(context, SeedRoute.Tomorrow));
        routes.MapRead("/forecast", context => WriteText(context, SeedRoute.Forecast));
        routes.MapRead("/workshop/weather/{day}", WriteWorkshop);
    }

    private Task WriteText(HttpContext context, SeedRoute route)
    {
        if (context.Request.QueryString.HasValue && WeatherParameters.Unknown(context) is { } problem)
        {
            return problem.WriteAsync(context);
        }

        var view = weather.GetAsync(places.Default, 2, context.RequestAborted);
        return view.IsCompletedSuccessfully
#pragma warning disable RS0030 // It has completed: what is held answers without an asynchronous method in between.
            ? WriteText(context, route, view.Result)
#pragma warning restore RS0030
            : WriteTextAsync(context, route, view);
    }

    private async Task WriteTextAsync(HttpContext context, SeedRoute route, ValueTask<ForecastView> view) =>
        await WriteText(context, route, await view);

    private Task WriteText(HttpContext context, SeedRoute route, ForecastView view)
    {
        if (view.SeedBody(route) is not { } body)
        {
            return weather.Nothing(context, view.Place).WriteAsync(context);
        }

        if (WeatherLabels.Write(context, view, IsPartial(route, view), "text", isPublic: true, time.GetUtcNow()))
        {
            return Task.CompletedTask;
        }

        var response = context.Response;
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = body.Length;
        body.CopyTo(response.BodyWriter.GetSpan(body.Length));
        response.BodyWriter.Advance(body.Length);
        var flush = response.BodyWriter.FlushAsync(context.RequestAborted);
        return flush.IsCompletedSuccessfully ? Task.CompletedTask : flush.AsTask();
    }

    private static bool IsPartial(SeedRoute route, ForecastView view) =>
        (route is not SeedRoute.Tomorrow && view.Now is null)
        || (route is SeedRoute.Forecast && (view.Temperature(0) is null || view.Temperature(1) is null));

    private async Task WriteWorkshop(HttpContext context)
    {
        if (WeatherParameters.Unknown(context) is { } problem)
        {
            await problem.WriteAsync(context);
            return;
        }

        var word = (string)context.Request.RouteValues["day"]!;
        if (word is not ("today" or "tomorrow"))
        {
            await WeatherProblems.Day(word).WriteAsync(context);
            return;
        }

        var offset = word == "today" ? 0 : 1;
        var view = await weather.GetAsync(places.Default, 2, context.RequestAborted);
        if (view.Temperature(offset) is not { } temperature)
        {
            await weather.Nothing(context, view.Place).WriteAsync(context);
            return;
        }

        var rain = view.Day(offset)?.RainPercent;
        var isPartial = rain is null || (offset == 0 && view.Now is null);
        if (WeatherLabels.Write(context, view, isPartial, "json", isPublic: true, time.GetUtcNow()))
        {
            return;
        }

        context.Response.ContentType = WorkshopJson;
        await using (var json = JsonReply.Writer(context))
        {
            json.WriteStartObject();
            json.WriteString("city", view.Place.Name);
            json.WriteString("country", view.Place.Country);
            json.WriteString("temperature", SeedText.Degrees(temperature));
            json.WriteString("rain_probability", rain is { } percent ? WeatherUnits.Text(percent, 0) + " %" : null);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
