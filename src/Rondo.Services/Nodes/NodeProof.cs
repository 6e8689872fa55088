using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Rondo.Services.Nodes;

/// <summary>
/// What a follower tells the leader of who asks, and the proof that a node says so: an HMAC (RFC 2104, SHA-256) over
/// the request line, the host, the peer, its scheme and the time, with a secret that only the database's users know.
/// </summary>
/// <remarks>
/// It counts for a minute, so that the clocks of the nodes may differ by that. Fields that proxies before the nodes
/// have written are left as they came: the leader judges them by the peer, as if that had asked it directly.
/// </remarks>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class NodeProof(TimeProvider time)
{
    public const string Field = "X-Rondo-Follower";

    private const string Version = "1";
    private const string NoAddress = "-";
    private const int Parts = 7;

    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(1);

    private byte[] _secret = [];

    /// <summary>The secret; empty before it is known, and then nothing is proven.</summary>
    public byte[] Secret
    {
        get => Volatile.Read(ref _secret);
        set => Volatile.Write(ref _secret, value);
    }

    /// <summary>The value of <see cref="Field"/> for a request.</summary>
    /// <param name="node">The name of the node that sends it on.</param>
    /// <param name="peer">Who is at the other end of the client's connection.</param>
    /// <param name="method">As it is sent.</param>
    /// <param name="target">As it is sent.</param>
    /// <param name="host">As it is sent.</param>
    public string Write(string node, FollowedPeer peer, string method, string target, string host)
    {
        var said = string.Create(
            CultureInfo.InvariantCulture,
            $"{Version};{time.GetUtcNow().ToUnixTimeMilliseconds()};{node};{peer.Scheme};{peer.Port};"
                + $"{peer.Address?.ToString() ?? NoAddress}");
        return $"{said};{Sign(said, method, target, host)}";
    }

    /// <summary>Who has sent a request that a follower has sent on; null when nothing proves that.</summary>
    public FollowedPeer? Read(HttpContext context, out string node)
    {
        var request = context.Request;
        node = "";
        if (Secret.Length == 0 || request.Headers[Field] is not [{ } text]
            || text.Split(';') is not { Length: Parts } parts
            || parts[0] != Version
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || !int.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || !Holds(text, parts[^1], request, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)
            || Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() - at) > s_life.TotalMilliseconds)
        {
            return null;
        }

        node = parts[2];
        return new FollowedPeer(
            parts[5] == NoAddress ? null : IPAddress.Parse(parts[5]), port, parts[3] == "https" ? "https" : "http");
    }

    private bool Holds(string text, string shown, HttpRequest request, string target)
    {
        var said = text[..^(shown.Length + 1)];
        var proof = Sign(said, request.Method, target, request.Headers.Host.ToString());
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(proof), Encoding.UTF8.GetBytes(shown));
    }

    // None of the parts can hold a line end.
    private string Sign(string said, string method, string target, string host) => Convert.ToHexStringLower(
        HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes($"{said}\n{method}\n{target}\n{host}")));
}
