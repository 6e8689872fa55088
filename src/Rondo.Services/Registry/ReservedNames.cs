namespace Rondo.Services.Registry;

/// <summary>First segments of paths that belong to Rondo's own services.</summary>
internal sealed class ReservedNames(EndpointDataSource routes)
{
    // No process has a route for each of them.
    private static readonly string[] Always =
    [
        "a", "assets", "auth", "board", "broadcast", "chat", "chatsocket", "convert", "currency", "forecast",
        "gateway", "healthz", "login", "logout", "metrics", "noise", "openapi.json", "readyz", "registry",
        "supervision", "today", "tomorrow", "trust", "v1", "v2", "weather", "websocket", "workshop",
    ];

    private readonly Lazy<HashSet<string>> _names = new(() =>
    [
        .. Always,
        .. routes.Endpoints.OfType<RouteEndpoint>()
            .Select(e => e.RoutePattern.RawText!.TrimStart('/').Split('/')[0])
            .Where(s => s.Length > 0 && !s.StartsWith('{')),
    ]);

    public bool Contains(string segment) => _names.Value.Contains(segment.ToLowerInvariant());
}
