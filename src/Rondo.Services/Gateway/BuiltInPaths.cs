namespace Rondo.Services.Gateway;

/// <summary>
/// The first segments of paths that this process serves by itself, compared as the platform's routing does.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class BuiltInPaths(EndpointDataSource routes, ExpectedServices expected)
{
    private readonly Lazy<HashSet<string>.AlternateLookup<ReadOnlySpan<char>>> _segments = new(() =>
        Beginnings(routes, 1).GetAlternateLookup<ReadOnlySpan<char>>());

    // Of a segment that this process shares with another, the second says whose a path is.
    private readonly Lazy<HashSet<string>> _shared = new(() => Beginnings(routes, 2));

    /// <summary>The segment as the routes write it; empty for <c>/</c>; null for somebody else's path.</summary>
    public string? Find(string path) =>
        path.Length == 0 || path == "/" ? ""
        : _segments.Value.TryGetValue(RequestTarget.FirstSegment(path), out var segment)
            && (!expected.Segments.Contains(segment) || _shared.Value.Contains(Beginning(path, 2))) ? segment
        : null;

    private static HashSet<string> Beginnings(EndpointDataSource routes, int segments) =>
        routes.Endpoints.OfType<RouteEndpoint>()
            .Select(e => Beginning(e.RoutePattern.RawText!, segments))
            .Where(s => s.Length > 0 && !s.StartsWith('{'))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static string Beginning(string path, int segments) =>
        string.Join('/', path.Trim('/').Split('/').Take(segments));
}
