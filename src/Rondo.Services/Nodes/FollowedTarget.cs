namespace Rondo.Services.Nodes;

/// <summary>What a client asks for, as it is sent on.</summary>
internal static class FollowedTarget
{
    private const string Scheme = "://";

    /// <param name="raw">As the server has read it.</param>
    /// <returns>Path and query, or the asterisk; anything else as it was, for who sends it to refuse.</returns>
    public static string Of(string raw)
    {
        if (raw is [] or ['/' or '*', ..] || raw.IndexOf(Scheme, StringComparison.Ordinal) is not (> 0 and var at))
        {
            return raw;
        }

        // With its host, as for a proxy; the field Host says the same.
        var path = raw.AsSpan(at + Scheme.Length).IndexOfAny('/', '?');
        raw = path < 0 ? "/" : raw[(at + Scheme.Length + path)..];
        return raw[0] == '?' ? "/" + raw : raw;
    }
}
