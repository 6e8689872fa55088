using System.Text.Json;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;
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
        var registry = routes.ServiceProvider.GetRequiredService<ServiceRegistry>();
        routes.MapRead("/", context => WriteAsync(context, page, registry));
    }

    // What each has that needs no key.
    private static string PathOf(string service) =>
        service == WeatherService.Name ? "/forecast" : $"/{service}/status";

    private static Task WriteAsync(HttpContext context, HomePage page, ServiceRegistry registry)
    {
        var response = context.Response;
        response.Headers.Vary = "Accept";
        switch (MediaType.Choose(context.Request.Headers.Accept, MediaType.Text, MediaType.Html, MediaType.Json))
        {
            case MediaType.Html:
                return page.WriteAsync(context);
            case MediaType.Json:
                return JsonReply.WriteAsync(context, json => WriteList(json, registry));
            case MediaType.Text:
                response.ContentType = "text/plain; charset=utf-8";
                var names = string.Join(", ", RondoServer.AllServices.Concat(Registered(registry)).Select(s => $"'{s}'"));
                return response.WriteAsync(
                    $"Specify a service endpoint. Available: [{names}]", context.RequestAborted);
            default:
                return new Problem(
                        ProblemType.NotAcceptable, "This comes as text/html, text/plain or application/json.")
                    .WriteAsync(context);
        }
    }

    private static void WriteList(Utf8JsonWriter json, ServiceRegistry registry)
    {
        json.WriteStartArray();
        foreach (var (name, path) in RondoServer.AllServices.Select(s => (s, PathOf(s)))
            .Concat(Registered(registry).Select(s => (s, $"/registry/services/{s}"))))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("path", path);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Services of others that take calls at present.</summary>
    private static IEnumerable<string> Registered(ServiceRegistry registry) =>
        (registry.Current?.Services.Values ?? [])
            .Where(s => !RondoServer.AllServices.Contains(s.Name) && s.Everywhere.Instances.Any(i => i.IsReady))
            .Select(s => s.Name)
            .Order(StringComparer.Ordinal);
}
