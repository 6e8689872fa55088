using Microsoft.Extensions.Primitives;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>One request as it goes out.</summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class ForwardRequest
{
    /// <summary>Where to: scheme <c>http</c> or <c>https</c>, host and port; no path.</summary>
    public required Uri Upstream { get; init; }

    /// <summary>The method, a token.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query in origin form, of RFC 3986 characters only; sent byte for byte.</summary>
    public required string Target { get; init; }

    /// <summary>The value of <c>Host</c>.</summary>
    public required string Host { get; init; }

    /// <summary>
    /// The fields to send besides <c>Host</c>, <c>Content-Length</c>, <c>Transfer-Encoding</c>, <c>Connection</c> and
    /// <c>Upgrade</c>, which the forwarder writes itself. Names are tokens, values hold no CR, LF or NUL.
    /// </summary>
    public List<KeyValuePair<string, StringValues>> Headers { get; } = new(16);

    /// <summary>The limits of this exchange.</summary>
    public required ForwardLimits Limits { get; init; }

    /// <summary>
    /// Says of an upstream's status whether its answer is thrown away unseen, so that another instance can be asked;
    /// null keeps all.
    /// </summary>
    public Func<int, bool>? Discards { get; init; }
}
