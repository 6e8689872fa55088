using Microsoft.Extensions.Primitives;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>One request as it goes out; used again for others.</summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class ForwardRequest
{
    /// <summary>Where to: scheme <c>http</c> or <c>https</c>, host and port; no path.</summary>
    public Uri Upstream { get; set; } = null!;

    /// <summary>The method, a token.</summary>
    public string Method { get; set; } = "";

    /// <summary>
    /// Path and query in origin form, of RFC 3986 characters only unless <see cref="IsTargetJudgedThere"/>; sent byte
    /// for byte.
    /// </summary>
    public string Target { get; set; } = "";

    /// <summary>
    /// Whether the target may be any visible ASCII: for an upstream that judges what clients write as we would.
    /// </summary>
    public bool IsTargetJudgedThere { get; set; }

    /// <summary>The value of <c>Host</c>.</summary>
    public string Host { get; set; } = "";

    /// <summary>
    /// The fields to send besides <c>Host</c>, <c>Content-Length</c>, <c>Transfer-Encoding</c>, <c>Connection</c> and
    /// <c>Upgrade</c>, which the forwarder writes itself. Names are tokens, values hold no CR, LF or NUL.
    /// </summary>
    public List<KeyValuePair<string, StringValues>> Headers { get; } = new(16);

    /// <summary>Whether it is sent by HTTP/2: over TLS, or without by prior knowledge (<c>h2c</c>).</summary>
    public bool IsHttp2 { get; set; }

    /// <summary>The limits of this exchange.</summary>
    public ForwardLimits Limits { get; set; } = ForwardLimits.Default;

    /// <summary>
    /// Says of an upstream's status whether its answer is thrown away unseen, so that another instance can be asked;
    /// null keeps all.
    /// </summary>
    public Func<int, bool>? Discards { get; set; }

    /// <summary>
    /// The field with which the upstream says that it has not taken the request: such an answer is thrown away unseen,
    /// too; null where no upstream says so.
    /// </summary>
    public AnswerField? Refusal { get; set; }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        (Upstream, Method, Target, Host) = (null!, "", "", "");
        (IsTargetJudgedThere, IsHttp2) = (false, false);
        (Limits, Discards, Refusal) = (ForwardLimits.Default, null, null);
        Headers.Clear();
    }
}
