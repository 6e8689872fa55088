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
        var headers = context.Request.Headers;
        if (headers.Origin is not [{ } origin])
        {
            // No browser, or one that reads its own site; a new one says which.
            return headers.Origin.Count > 0 ? Foreign("two")
                : IsElsewhere(headers) ? Foreign("another site")
                : null;
        }

        if (allowed.Contains(origin, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        // Of the scheme a proxy in front may know more than we do, and the browser most. But who came by TLS has no
        // page that came without: that could be anybody's.
        var isOwn = Uri.TryCreate(origin, UriKind.Absolute, out var page)
            && (page.Scheme is "https" || (page.Scheme is "http" && !context.Request.IsHttps))
            && string.Equals(
                page.Authority, Authority(page.Scheme, context.Request.Host), StringComparison.OrdinalIgnoreCase)
            && !IsElsewhere(headers);
        return isOwn ? null : Foreign(origin);
    }

    // https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header: pages of neighbours, too, are not ours.
    private static bool IsElsewhere(IHeaderDictionary headers) =>
        headers.TryGetValue("Sec-Fetch-Site", out var site) && site is not ["same-origin" or "none"];

    private static string Authority(string scheme, HostString host) =>
        Uri.TryCreate($"{scheme}://{host}", UriKind.Absolute, out var own) ? own.Authority : "";

    private static Problem Foreign(string origin) => new(
        ForeignOrigin, $"A page of '{origin}' may not do this here; the settings can allow it.");
}
