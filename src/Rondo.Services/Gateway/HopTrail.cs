using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace Rondo.Services.Gateway;

/// <summary>
/// Marks requests that go out with the name of this process, and knows them again: <c>Via</c> (RFC 9110 section 7.6.3)
/// and <c>CDN-Loop</c> (RFC 8586), since there are proxies that take the one or the other away.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class HopTrail
{
    public const string LoopField = "CDN-Loop";

    /// <summary>So often a request may come by.</summary>
    public const int MostRounds = 10;

    private readonly string _via1;
    private readonly string _via2;

    public HopTrail()
    {
        Node = "rondo-" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        (_via1, _via2) = ("1.1 " + Node, "2 " + Node);
    }

    /// <summary>The name of this process; another with each start.</summary>
    public string Node { get; }

    /// <summary>Whether a request has been here too often.</summary>
    public bool IsLoop(IHeaderDictionary headers) =>
        (headers.Via.Count > 0 && Count(headers.Via) >= MostRounds)
        || (headers.TryGetValue(LoopField, out var loop) && Count(loop) >= MostRounds);

    public StringValues Via(HttpRequest request) =>
        Append(request.Headers.Via, HttpProtocol.IsHttp2(request.Protocol) ? _via2 : _via1);

    public StringValues Loop(HttpRequest request) =>
        Append(request.Headers.TryGetValue(LoopField, out var loop) ? loop : default, Node);

    private static StringValues Append(StringValues before, string entry) =>
        before.Count == 0 ? entry : $"{before}, {entry}";

    private int Count(StringValues entries)
    {
        var count = 0;
        foreach (var entry in entries)
        {
            for (var at = 0; entry is not null && (at = entry.IndexOf(Node, at, StringComparison.Ordinal)) >= 0; at++)
            {
                count++;
            }
        }

        return count;
    }
}
