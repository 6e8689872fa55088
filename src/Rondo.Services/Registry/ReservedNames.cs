namespace Rondo.Services.Registry;

/// <summary>First segments of paths that belong to Rondo's own services.</summary>
internal sealed class ReservedNames(EndpointDataSource routes)
{
    // Some have no route in every process.
    private static readonly string[] Always =
        ["auth", "board", "forecast", "gateway", "login", "registry", "today", "tomorrow", "workshop"];

    private readonly Lazy<HashSet<string>> _names = new(() =>
    [
        .. Always,
        .. routes.Endpoints.OfType<RouteEndpoint>()
            .Select(e => e.RoutePattern.RawText!.TrimStart('/').Split('/')[0])
            .Where(s => s.Length > 0 && !s.StartsWith('{')),
    ]);

    public bool Contains(string segment) => _names.Value.Contains(segment.ToLowerInvariant());
}
