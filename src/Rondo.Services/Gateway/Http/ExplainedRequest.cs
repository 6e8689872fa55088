using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;

namespace Rondo.Services.Gateway.Http;

/// <summary>Makes a request as the server would have it of what somebody writes about one.</summary>
internal static class ExplainedRequest
{
    private const int LongestUrl = 8192;

    /// <exception cref="RouteFault">It cannot be made.</exception>
    public static HttpContext Read(JsonElement written, HttpContext asker)
    {
        var body = new BodyNode(written, "", "method", "url", "headers", "client");
        var url = body.Text("url") ?? throw body.Fault("url", "What is asked for, such as /weather/berlin.");
        var isAbsolute = Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
        if (url.Length is 0 or > LongestUrl || (url[0] != '/' && !isAbsolute))
        {
            throw body.Fault("url", "A path, or an http or https address.");
        }

        var request = new HttpRequestFeature
        {
            Method = body.Text("method") ?? "GET",
            RawTarget = url,
            Scheme = isAbsolute ? address!.Scheme : asker.Request.Scheme,
            Protocol = HttpProtocol.Http11,
        };

        // As the server decodes paths for its own routing; no dots are left in them then.
        var path = Uri.TryCreate("http://h" + PathOf(url), UriKind.Absolute, out var folded)
            ? folded.AbsolutePath
            : "/";
        request.Path = PathString.FromUriComponent(path).Value ?? "/";
        var question = url.IndexOf('?');
        request.QueryString = question < 0 ? "" : url[question..];
        request.Headers.Host = isAbsolute ? address!.Authority : asker.Request.Host.Value;
        ReadHeaders(written, request.Headers);
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = Client(body, asker) });
        return new DefaultHttpContext(features) { RequestServices = asker.RequestServices };
    }

    private static string PathOf(string url)
    {
        var start = url[0] == '/' ? 0 : url.IndexOf('/', url.IndexOf("//", StringComparison.Ordinal) + 2);
        var rest = start < 0 ? "/" : url[start..];
        var end = rest.IndexOfAny(['?', '#']);
        return end < 0 ? rest : rest[..end];
    }

    private static IPAddress? Client(BodyNode body, HttpContext asker) =>
        body.Text("client") is not { } text ? asker.Connection.RemoteIpAddress
        : IPAddress.TryParse(text, out var address) ? address
        : throw body.Fault("client", "The address of the client.");

    private static void ReadHeaders(JsonElement written, IHeaderDictionary headers)
    {
        if (!written.TryGetProperty("headers", out var given) || given.ValueKind is JsonValueKind.Null)
        {
            return;
        }

        var names = given.ValueKind is JsonValueKind.Object
            ? given.EnumerateObject().Select(h => h.Name).ToArray()
            : [];
        var fields = new BodyNode(given, "/headers", names);
        foreach (var name in names)
        {
            var value = fields.Text(name) ?? "";
            if (name.Length == 0 || !FieldValue.IsValid(name) || !FieldValue.IsValid(value))
            {
                throw fields.Fault(name, "This is no field of a request.");
            }

            headers[name] = value;
        }
    }
}
