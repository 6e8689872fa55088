namespace Rondo.Services.Hosting;

/// <summary>
/// A browser says whose page sends a request. Another site's page must not act for who looks at it: with the cookie
/// that the browser adds, or with the reach that it has inside a network.
/// </summary>
internal static class SameOrigin
{
    private static readonly ProblemType ForeignOrigin = new("foreign-origin", 403, "Another site's page");

    /// <summary>The problem of a request from a page of another site; null when it has none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="allowed">Origins besides the server's own, such as <c>https://example.org</c>.</param>
    public static Problem? Refuse(HttpContext context, IReadOnlyCollection<string> allowed)
    {
        if (context.Request.Headers.Origin is not [{ } origin])
        {
            // No browser, or one that reads its own site.
            return context.Request.Headers.Origin.Count == 0 ? null : Foreign("two");
        }

        // Of the scheme a proxy in front may know more than we do.
        var isOwn = Uri.TryCreate(origin, UriKind.Absolute, out var page)
            && page.Scheme is "http" or "https"
            && string.Equals(
                page.Authority, Authority(page.Scheme, context.Request.Host), StringComparison.OrdinalIgnoreCase);
        return isOwn || allowed.Contains(origin, StringComparer.OrdinalIgnoreCase) ? null : Foreign(origin);
    }

    private static string Authority(string scheme, HostString host) =>
        Uri.TryCreate($"{scheme}://{host}", UriKind.Absolute, out var own) ? own.Authority : "";

    private static Problem Foreign(string origin) => new(
        ForeignOrigin, $"A page of '{origin}' may not do this here; the settings can allow it.");
}
