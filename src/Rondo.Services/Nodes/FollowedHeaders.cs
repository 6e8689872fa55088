using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using Rondo.Services.Gateway.Framing;

namespace Rondo.Services.Nodes;

/// <summary>
/// The fields of a client's request that go to the leader: all but those of one connection (RFC 9110 section 7.6.1) and
/// those that are written anew, for the leader judges them.
/// </summary>
internal static class FollowedHeaders
{
    public const string RequestId = "X-Request-Id";

    private static readonly FrozenSet<string> s_ofConnection = new[]
    {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Proxy-Connection", "Keep-Alive", "TE", "Trailer",
        "Upgrade", "HTTP2-Settings", "Expect", RequestId, NodeProof.Field,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static void Copy(HttpContext context, List<KeyValuePair<string, StringValues>> fields)
    {
        var headers = context.Request.Headers;
        var nominated = Nominated(context);
        foreach (var field in headers)
        {
            if (!s_ofConnection.Contains(field.Key) && nominated?.Contains(field.Key) is not true)
            {
                fields.Add(field);
            }
        }
    }

    // The server leaves one word of several in the field.
    private static HashSet<string>? Nominated(HttpContext context)
    {
        var connection = context.Request.Headers.Connection;
        return connection.Count == 0
            ? null
            : connection.Append(context.Features.Get<StrictFramingReader>()?.Nominated)
                .SelectMany(c => (c ?? "").Split(',', StringSplitOptions.TrimEntries))
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }
}
