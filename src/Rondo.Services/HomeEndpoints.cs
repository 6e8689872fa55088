using System.Text.Json;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;

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
        ServiceTable.Rows.FirstOrDefault(r => r.Name == service)?.PublicPath ?? $"/registry/services/{service}";

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
                var names = string.Join(", ", Ready(registry).Select(s => $"'{s}'"));
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
        foreach (var name in Ready(registry))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("path", PathOf(name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Services that take calls at present, ours and others'.</summary>
    private static IEnumerable<string> Ready(ServiceRegistry registry) =>
        (registry.Current?.Services.Values ?? [])
            .Where(s => s.Everywhere.Instances.Any(i => i.IsReady))
            .Select(s => s.Name)
            .Order(StringComparer.Ordinal);
}
