namespace Rondo.Services.Hosting;

/// <summary>
/// What an operator asks of the process: is it alive, is it ready, how is it doing, what does it offer.
/// </summary>
internal static class OperationsEndpoints
{
    private static readonly Lazy<byte[]> OpenApi = new(() => EmbeddedFile.Bytes("openapi.json"));

    /// <summary>Maps the health checks and the OpenAPI document. Ready means that every service has said so.</summary>
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.MapRead("/healthz", context => WriteTextAsync(context, "ok"));
        routes.MapRead("/readyz", context =>
        {
            var waiting = context.RequestServices.GetServices<IReadiness>()
                .Where(r => !r.IsReady).Select(r => r.Name).ToList();
            return waiting.Count == 0
                ? WriteTextAsync(context, "ready")
                : new Problem(ProblemType.NotReady, $"Not ready yet: {string.Join(", ", waiting)}.")
                    .WriteAsync(context);
        });
        routes.MapRead("/openapi.json", context => JsonReply.WriteAsync(context, OpenApi.Value));
    }

    /// <summary>Maps <c>/metrics</c>; the caller adds who may read it.</summary>
    public static IEndpointConventionBuilder MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapRead("/metrics", context =>
        {
            var collector = context.RequestServices.GetRequiredService<MetricsCollector>();
            context.Response.ContentType = PrometheusText.ContentType;
            return context.Response.WriteAsync(PrometheusText.Write(collector.Collect()), context.RequestAborted);
        });

    private static Task WriteTextAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
