using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rondo.Services.Nodes;

/// <summary>What a client asks for, as it can be sent on.</summary>
internal static class FollowedTarget
{
    private const string Scheme = "://";

    // Servers take these; who writes them says the same with an escape (RFC 3986 section 2.1).
    private static readonly SearchValues<char> s_escaped = SearchValues.Create("\"<>[\\]^`{|}");

    /// <param name="raw">As the server has read it.</param>
    /// <returns>Path and query, or the asterisk; anything else as it was, for who sends it to refuse.</returns>
    public static string Of(string raw)
    {
        if (raw.Length > 0 && raw[0] is not ('/' or '*')
            && raw.IndexOf(Scheme, StringComparison.Ordinal) is > 0 and var at)
        {
            // With its host, as for a proxy; the field Host says the same.
            var path = raw.AsSpan(at + Scheme.Length).IndexOfAny('/', '?');
            raw = path < 0 ? "/" : raw[(at + Scheme.Length + path)..];
            raw = raw[0] == '?' ? "/" + raw : raw;
        }

        if (raw.AsSpan().IndexOfAny(s_escaped) < 0 && Ascii.IsValid(raw) && !HasLonePercent(raw))
        {
            return raw;
        }

        var text = new StringBuilder(raw.Length + 16);
        for (var n = 0; n < raw.Length; n++)
        {
            var character = raw[n];
            if (s_escaped.Contains(character) || character > '~' || (character == '%' && !IsEscape(raw, n)))
            {
                foreach (var octet in Encoding.UTF8.GetBytes([character]))
                {
                    text.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
                }
            }
            else
            {
                text.Append(character);
            }
        }

        return text.ToString();
    }

    private static bool HasLonePercent(string raw)
    {
        for (var n = raw.IndexOf('%'); n >= 0; n = raw.IndexOf('%', n + 1))
        {
            if (!IsEscape(raw, n))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEscape(string raw, int at) =>
        at + 2 < raw.Length && char.IsAsciiHexDigit(raw[at + 1]) && char.IsAsciiHexDigit(raw[at + 2]);
}
