using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rondo.Services.Gateway;

/// <summary>
/// Path and query of a request as they are judged, matched and sent: one string, so that nobody is let in for one path
/// and served another. Escapes of what needs none are taken off (RFC 3986 section 6.2.2), others stay; what servers
/// are known to read in different ways is refused rather than mended.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
internal readonly struct RequestTarget
{
    private const string Unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    private const string InSegment = Unreserved + "!$&'()*+,;=:@";

    private static readonly SearchValues<char> UnreservedCharacters = SearchValues.Create(Unreserved);
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(InSegment + "/");
    private static readonly SearchValues<char> QueryCharacters = SearchValues.Create(InSegment + "/?");

    // Browsers leave these as they are (URL Standard, query percent-encode set); escaped they mean the same.
    private static readonly SearchValues<char> EscapedInQuery = SearchValues.Create("[]{}|^`\\\"<>");

    private RequestTarget(string text, int pathLength, bool hasEncodedDelimiter) =>
        (Text, PathLength, HasEncodedDelimiter) = (text, pathLength, hasEncodedDelimiter);

    /// <summary>What is sent.</summary>
    public string Text { get; }

    /// <summary>Where the query begins, with its <c>?</c>.</summary>
    public int PathLength { get; }

    /// <summary>
    /// Whether the path has an escaped <c>/ \ ; ? #</c> or something escaped twice: a part of a name to one server, a
    /// border to another.
    /// </summary>
    public bool HasEncodedDelimiter { get; }

    public ReadOnlySpan<char> Path => Text.AsSpan(0, PathLength);

    /// <summary>The first segment of a path that begins with <c>/</c>.</summary>
    public static ReadOnlySpan<char> FirstSegment(ReadOnlySpan<char> path)
    {
        var rest = path[1..];
        var end = rest.IndexOf('/');
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>
    /// Judges a target in origin form, or in absolute form, whose host the server has compared already.
    /// </summary>
    public static TargetFault Judge(string raw, out RequestTarget target)
    {
        target = default;
        var text = raw.Length > 0 && raw[0] == '/' ? raw : Origin(raw);
        if (text is null)
        {
            return TargetFault.NoPath;
        }

        var question = text.IndexOf('?');
        var length = question < 0 ? text.Length : question;
        var hasDelimiter = false;
        var (isPlainPath, isPlainQuery) = (
            !text.AsSpan(0, length).ContainsAnyExcept(PathCharacters),
            question < 0 || !text.AsSpan(question + 1).ContainsAnyExcept(QueryCharacters));
        if (!isPlainPath || !isPlainQuery)
        {
            var plain = new StringBuilder(text.Length + 16);
            var fault = AppendPath(text.AsSpan(0, length), plain, ref hasDelimiter);
            var end = plain.Length;
            if (fault is TargetFault.None && question >= 0)
            {
                fault = AppendQuery(text.AsSpan(question + 1), plain.Append('?'));
            }

            if (fault is not TargetFault.None)
            {
                return fault;
            }

            (text, length) = (plain.ToString(), end);
        }

        target = new RequestTarget(text, length, hasDelimiter);
        return Segments(target.Path);
    }

    /// <summary>The same without some parameters of the query, by names and values as servers read them.</summary>
    public RequestTarget Without(Func<string, string, bool> isSecret)
    {
        if (PathLength == Text.Length)
        {
            return this;
        }

        var kept = Text[(PathLength + 1)..].Split('&').Where(parameter =>
        {
            var parts = parameter.Split('=', 2);
            return !isSecret(Decode(parts[0]), parts.Length == 1 ? "" : Decode(parts[1]));
        });
        var query = string.Join('&', kept);
        return new RequestTarget(
            query.Length == 0 ? Text[..PathLength] : $"{Text[..PathLength]}?{query}", PathLength, HasEncodedDelimiter);
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static string? Origin(string raw)
    {
        var start = raw.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
            : raw.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8
            : 0;
        if (start == 0)
        {
            return null;
        }

        var end = raw.AsSpan(start).IndexOfAny('/', '?');
        return end < 0 ? "/" : raw[start + end] == '/' ? raw[(start + end)..] : "/" + raw[(start + end)..];
    }

    private static TargetFault Segments(ReadOnlySpan<char> path)
    {
        for (var at = path.IndexOf("/."); at >= 0;)
        {
            // What some servers take for parameters of a segment does not hide it.
            var rest = path[(at + 1)..];
            var end = rest.IndexOfAny('/', ';');
            if ((end < 0 ? rest : rest[..end]) is "." or "..")
            {
                return TargetFault.DotSegment;
            }

            var next = rest.IndexOf("/.");
            at = next < 0 ? -1 : at + 1 + next;
        }

        return path.IndexOf("//") >= 0 ? TargetFault.EmptySegment : TargetFault.None;
    }

    private static TargetFault AppendPath(ReadOnlySpan<char> path, StringBuilder plain, ref bool hasDelimiter)
    {
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%')
            {
                if (!PathCharacters.Contains(path[i]))
                {
                    return TargetFault.Character;
                }

                plain.Append(path[i]);
                continue;
            }

            if (!TryByte(path[i..], out var value) || value is 0xC0 or 0xC1)
            {
                // The last two begin longer forms of characters that have a shorter one, as in %C0%AE for a dot.
                return TargetFault.Escape;
            }

            if (value is < 0x20 or 0x7F)
            {
                return TargetFault.Control;
            }

            if (UnreservedCharacters.Contains((char)value))
            {
                plain.Append((char)value);
            }
            else
            {
                hasDelimiter |= (char)value is '/' or '\\' or ';' or '?' or '#'
                    || (value == '%' && IsHex(path, i + 3) && IsHex(path, i + 4));
                Append(plain, value);
            }

            i += 2;
        }

        return TargetFault.None;
    }

    private static TargetFault AppendQuery(ReadOnlySpan<char> query, StringBuilder plain)
    {
        for (var i = 0; i < query.Length; i++)
        {
            var character = query[i];
            if (character == '%' && !TryByte(query[i..], out _))
            {
                return TargetFault.Escape;
            }

            if (EscapedInQuery.Contains(character))
            {
                Append(plain, (byte)character);
            }
            else if (character == '%' || QueryCharacters.Contains(character))
            {
                plain.Append(character);
            }
            else
            {
                return TargetFault.Character;
            }
        }

        return TargetFault.None;
    }

    private static void Append(StringBuilder plain, byte value) =>
        plain.Append('%').Append("0123456789ABCDEF"[value >> 4]).Append("0123456789ABCDEF"[value & 15]);

    private static bool TryByte(ReadOnlySpan<char> escape, out byte value)
    {
        var isByte = IsHex(escape, 1) && IsHex(escape, 2);
        value = isByte
            ? byte.Parse(escape.Slice(1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : (byte)0;
        return isByte;
    }

    private static bool IsHex(ReadOnlySpan<char> text, int at) =>
        at < text.Length && char.IsAsciiHexDigit(text[at]);
}
