using Rondo.Services.Hosting;
using Rondo.Services.Weather;

namespace Rondo.Services;

/// <summary>
/// <c>/</c>: a page for browsers, one line for text clients (as the talks had it), a list for programs.
/// </summary>
internal static class HomeEndpoints
{
    public static void MapHome(this IEndpointRouteBuilder routes)
    {
        var page = ActivatorUtilities.CreateInstance<HomePage>(routes.ServiceProvider);
        routes.MapRead("/", context => WriteAsync(context, page));
    }

    // What each has that needs no key.
    private static string PathOf(string service) =>
        service == WeatherService.Name ? "/forecast" : $"/{service}/status";

    private static Task WriteAsync(HttpContext context, HomePage page)
    {
        var response = context.Response;
        response.Headers.Vary = "Accept";
        switch (MediaType.Choose(context.Request.Headers.Accept, MediaType.Text, MediaType.Html, MediaType.Json))
        {
            case MediaType.Html:
                return page.WriteAsync(context);
            case MediaType.Json:
                response.ContentType = MediaType.Json;
                return response.WriteAsync(
                    "[" + string.Join(',', RondoServer.AllServices.Select(s => $$"""{"name":"{{s}}","path":"{{PathOf(s)}}"}""")) + "]",
                    context.RequestAborted);
            case MediaType.Text:
                response.ContentType = "text/plain; charset=utf-8";
                var names = string.Join(", ", RondoServer.AllServices.Select(s => $"'{s}'"));
                return response.WriteAsync(
                    $"Specify a service endpoint. Available: [{names}]", context.RequestAborted);
            default:
                return new Problem(
                        ProblemType.NotAcceptable, "This comes as text/html, text/plain or application/json.")
                    .WriteAsync(context);
        }
    }
}
