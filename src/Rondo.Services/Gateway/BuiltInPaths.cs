namespace Rondo.Services.Gateway;

/// <summary>
/// The first segments of paths that this process serves by itself, compared as the platform's routing does.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class BuiltInPaths(EndpointDataSource routes)
{
    private readonly Lazy<HashSet<string>.AlternateLookup<ReadOnlySpan<char>>> _segments = new(() =>
        routes.Endpoints.OfType<RouteEndpoint>()
            .Select(e => e.RoutePattern.RawText!.TrimStart('/').Split('/')[0])
            .Where(s => s.Length > 0 && !s.StartsWith('{'))
            .ToHashSet(StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>());

    /// <summary>The segment as the routes write it; empty for <c>/</c>; null for somebody else's path.</summary>
    public string? Find(string path) =>
        path.Length == 0 || path == "/" ? ""
        : _segments.Value.TryGetValue(RequestTarget.FirstSegment(path), out var segment) ? segment
        : null;
}
