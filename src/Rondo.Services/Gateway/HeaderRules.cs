using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;

namespace Rondo.Services.Gateway;

/// <summary>
/// Which fields of a client's request go on. Not those of one connection (RFC 9110 section 7.6.1), not those that only
/// a proxy may write, nothing that names who it is, and no name with an underscore: many servers read it as a hyphen,
/// so that it would come in beside our own.
/// </summary>
internal static class HeaderRules
{
    private const string OurCookies = "rondo_";
    private const string Identity = "X-Auth-";
    private const string Ours = "X-Rondo-";
    private const string Cookie = "Cookie";

    private static readonly FrozenSet<string> Dropped = new[]
    {
        // Of the connection, or written anew by who sends.
        "Host", "Content-Length", "X-Content-Length", "Transfer-Encoding", "Connection", "Proxy-Connection",
        "Keep-Alive", "TE", "Trailer", "Upgrade", "HTTP2-Settings", "Expect", "Proxy-Authorization",
        "Proxy-Authenticate", "Proxy-Authentication-Info",

        // Written by proxies.
        "Forwarded", "Via", "CDN-Loop", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP",
        "CF-Connecting-IP", "X-Request-Id", "X-Request-Deadline", "Front-End-Https",

        // Make a service serve something else than what was judged.
        "X-Original-URL", "X-Original-Method", "X-Original-URI", "X-Original-Host", "X-Rewrite-URL",
        "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "X-Host",

        // Becomes the setting HTTP_PROXY of old programs (httpoxy).
        "Proxy",

        // Who it is, in other proxies' words.
        "Remote-User", "Remote-Name", "Remote-Email", "Remote-Groups", "X-Remote-User", "X-User", "X-WebAuth-User",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Copies what goes on.</summary>
    /// <param name="headers">The client's.</param>
    /// <param name="nominated">
    /// What <c>Connection</c> names beside the words that the server leaves in it; null for nothing.
    /// </param>
    /// <param name="auth">Who decides about keys: only Rondo's own services get them.</param>
    /// <param name="fields">Where they go.</param>
    public static void Copy(
        IHeaderDictionary headers, string? nominated, RouteAuth auth,
        List<KeyValuePair<string, StringValues>> fields)
    {
        var ofConnection = Nominated(headers.Connection, nominated);
        var dropsKeys = auth.Kind is AuthKind.Key || (auth.Kind is AuthKind.Public && HasOurKey(headers));
        foreach (var field in headers)
        {
            var name = field.Key;
            if (Dropped.Contains(name) || name.Contains('_') || IsPrefixed(name)
                || (ofConnection is not null && ofConnection.Contains(name))
                || (dropsKeys && IsKey(name)))
            {
                continue;
            }

            if (auth.Kind is not AuthKind.Own && name.Equals(Cookie, StringComparison.OrdinalIgnoreCase))
            {
                if (OtherCookies(field.Value) is { Count: > 0 } others)
                {
                    fields.Add(KeyValuePair.Create(name, others));
                }

                continue;
            }

            fields.Add(field);
        }
    }

    /// <summary>Takes cookies out of an answer that would take the place of ours.</summary>
    public static void DropOurCookies(IHeaderDictionary headers)
    {
        var cookies = headers.SetCookie;
        if (cookies.Count > 0 && cookies.Any(c => c?.TrimStart().StartsWith(OurCookies, StringComparison.OrdinalIgnoreCase) is true))
        {
            headers.SetCookie = cookies
                .Where(c => c?.TrimStart().StartsWith(OurCookies, StringComparison.OrdinalIgnoreCase) is false)
                .ToArray();
        }
    }

    private static bool IsPrefixed(string name) =>
        name.Length > 6 && name[0] is 'X' or 'x' && name[1] == '-'
        && (name.StartsWith(ForwardedFields.Prefix, StringComparison.OrdinalIgnoreCase)
            || name.StartsWith(Identity, StringComparison.OrdinalIgnoreCase)
            || name.StartsWith(Ours, StringComparison.OrdinalIgnoreCase));

    private static bool IsKey(string name) =>
        name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
        || name.Equals("X-API-Key", StringComparison.OrdinalIgnoreCase);

    // A service can have keys of its own under the same names.
    private static bool HasOurKey(IHeaderDictionary headers)
    {
        if (headers.Authorization.Count == 0 && !headers.ContainsKey("X-API-Key"))
        {
            return false;
        }

        foreach (var key in SentKeys.In(headers))
        {
            if (ApiKey.IsShaped(key.Span) || key.Span.SequenceEqual(DemoKey.Text))
            {
                return true;
            }
        }

        return headers.Authorization.Any(a => a?.StartsWith("Lease ", StringComparison.OrdinalIgnoreCase) is true);
    }

    private static HashSet<string>? Nominated(StringValues connection, string? others)
    {
        if (others is null
            && (connection.Count == 0 || connection is ["keep-alive" or "close" or "Upgrade" or "Keep-Alive"]))
        {
            return null;
        }

        return connection.Append(others).SelectMany(c => (c ?? "").Split(',', StringSplitOptions.TrimEntries))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    private static StringValues OtherCookies(StringValues cookies)
    {
        if (!cookies.Any(c => c?.Contains(OurCookies, StringComparison.OrdinalIgnoreCase) is true))
        {
            return cookies;
        }

        var others = cookies.SelectMany(c => (c ?? "").Split(';', StringSplitOptions.TrimEntries))
            .Where(c => c.Length > 0 && !c.StartsWith(OurCookies, StringComparison.OrdinalIgnoreCase));
        return string.Join("; ", others) is { Length: > 0 } text ? text : default(StringValues);
    }
}
