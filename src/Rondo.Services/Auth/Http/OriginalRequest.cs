using System.Buffers;
using System.Net;
using System.Text;

namespace Rondo.Services.Auth.Http;

/// <summary>The request that another proxy asks about, with its path in the one form that rules are about.</summary>
internal sealed record OriginalRequest(string Method, string Host, string Path, IPAddress? Client)
{
    private const int LongestUri = 8192;

    private static readonly SearchValues<char> MethodCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ-");

    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,=:@/%");

    /// <summary>As Traefik and Caddy ask: <c>X-Forwarded-Method</c>, <c>-Host</c>, <c>-Uri</c>, <c>-For</c>.</summary>
    public static OriginalRequest? Forwarded(HttpContext context, AddressList trusted)
    {
        var headers = context.Request.Headers;
        return One(headers, "X-Forwarded-Method") is { } method
            && One(headers, "X-Forwarded-Host") is { } host
            && One(headers, "X-Forwarded-Uri") is { } uri
            ? Of(context, method, host, uri, trusted)
            : null;
    }

    /// <summary>As nginx asks: <c>X-Original-Method</c> and <c>X-Original-URL</c>, which is absolute.</summary>
    public static OriginalRequest? Original(HttpContext context, AddressList trusted)
    {
        var headers = context.Request.Headers;
        if (One(headers, "X-Original-Method") is not { } method || One(headers, "X-Original-URL") is not { } url)
        {
            return null;
        }

        var scheme = url.StartsWith("https://", StringComparison.Ordinal) ? 8
            : url.StartsWith("http://", StringComparison.Ordinal) ? 7
            : 0;
        var slash = scheme == 0 ? -1 : url.IndexOf('/', scheme);
        return slash > scheme ? Of(context, method, url[scheme..slash], url[slash..], trusted) : null;
    }

    /// <summary>As Envoy asks: with the request's own method, host and path, behind ours.</summary>
    public static OriginalRequest? Extended(HttpContext context, string ours, string target, AddressList trusted)
    {
        var uri = target.StartsWith(ours, StringComparison.Ordinal) ? target[ours.Length..] : null;
        return uri is not null
            ? Of(
                context, context.Request.Method, context.Request.Host.Value ?? "", uri.Length == 0 ? "/" : uri, trusted)
            : null;
    }

    /// <summary>
    /// A path without dot segments, doubled slashes and needless escapes; null for what servers read in different ways.
    /// </summary>
    public static string? Normalise(string uri)
    {
        var end = uri.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? uri : uri[..end];
        if (!path.StartsWith('/') || path.Length > LongestUri || path.AsSpan().ContainsAnyExcept(PathCharacters)
            || Decode(path) is not { } plain)
        {
            return null;
        }

        var segments = new List<string>();
        foreach (var segment in plain[1..].Split('/'))
        {
            switch (segment)
            {
                case "" or ".":
                    break;
                case "..":
                    segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
                    break;
                default:
                    segments.Add(segment);
                    break;
            }
        }

        var isFolder = segments.Count > 0 && (plain.EndsWith('/') || plain.EndsWith("/.", StringComparison.Ordinal)
            || plain.EndsWith("/..", StringComparison.Ordinal));
        return "/" + string.Join('/', segments) + (isFolder ? "/" : "");
    }

    private static OriginalRequest? Of(HttpContext context, string method, string host, string uri, AddressList trusted) =>
        method.Length is > 0 and <= 32 && !method.AsSpan().ContainsAnyExcept(MethodCharacters)
        && host.Length is > 0 and <= 255
        && Normalise(uri) is { } path
            ? new OriginalRequest(method, HostString.FromUriComponent(host).Host, path, ClientOf(context, trusted))
            : null;

    // The last that no trusted proxy has written; all that stands before, anybody can have.
    private static IPAddress? ClientOf(HttpContext context, AddressList trusted)
    {
        var client = context.Connection.RemoteIpAddress;
        var hops = context.Request.Headers["X-Forwarded-For"].SelectMany(h => (h ?? "").Split(',')).Reverse();
        foreach (var hop in hops)
        {
            if (client is null || !trusted.Contains(client) || !IPAddress.TryParse(hop.Trim(), out var before))
            {
                break;
            }

            client = AddressList.Plain(before);
        }

        return client;
    }

    // An escaped slash is a part of a name to one server and a border to the next; so are some others.
    private static string? Decode(string path)
    {
        if (!path.Contains('%'))
        {
            return path;
        }

        var bytes = new List<byte>(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%')
            {
                bytes.Add((byte)path[i]);
                continue;
            }

            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                return null;
            }

            var value = Convert.ToByte(path.Substring(i + 1, 2), 16);
            if (value is < 0x20 or 0x7f || (char)value is '/' or '\\' or '%' or ';' or '?' or '#')
            {
                return null;
            }

            bytes.Add(value);
            i += 2;
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string? One(IHeaderDictionary headers, string name) =>
        headers[name] is [{ Length: > 0 } value] ? value : null;
}
