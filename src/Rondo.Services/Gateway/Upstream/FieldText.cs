using System.Buffers;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>
/// Which text may stand on the wire (RFC 9110, section 5; RFC 3986): the last look before bytes are written, and the
/// first at bytes that were read.
/// </summary>
internal static class FieldText
{
    private const string TokenText =
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private const string HostText =
        "-._~!$&'()*+,;=:[]%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private const string TargetText =
        "-._~!$&'()*+,;=:@/?%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> s_token = SearchValues.Create(TokenText);
    private static readonly SearchValues<char> s_target = SearchValues.Create(TargetText);
    private static readonly SearchValues<char> s_host = SearchValues.Create(HostText);
    private static readonly SearchValues<char> s_value = SearchValues.Create([.. ValueBytes().Select(b => (char)b)]);
    private static readonly SearchValues<byte> s_tokenBytes = SearchValues.Create([.. TokenText.Select(c => (byte)c)]);
    private static readonly SearchValues<byte> s_valueBytes = SearchValues.Create([.. ValueBytes()]);

    /// <summary>A method or the name of a field.</summary>
    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_token);

    /// <inheritdoc cref="IsToken(ReadOnlySpan{char})"/>
    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_tokenBytes);

    /// <summary>
    /// The value of a field: no control characters but the tab, and nothing that is no byte of Latin-1.
    /// </summary>
    public static bool IsValue(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_value);

    /// <inheritdoc cref="IsValue(ReadOnlySpan{char})"/>
    public static bool IsValue(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(s_valueBytes);

    /// <summary>The value of <c>Host</c>: not empty, characters of RFC 3986's authority without user.</summary>
    public static bool IsHost(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_host);

    /// <summary>
    /// Path and query in origin form, or the asterisk: characters of RFC 3986, escapes of two digits.
    /// </summary>
    public static bool IsTarget(ReadOnlySpan<char> text)
    {
        if (text is "*")
        {
            return true;
        }

        if (text.IsEmpty || text[0] != '/' || text.ContainsAnyExcept(s_target))
        {
            return false;
        }

        for (var next = text.IndexOf('%'); next >= 0; next = text.IndexOf('%'))
        {
            if (text.Length < next + 3
                || !char.IsAsciiHexDigit(text[next + 1]) || !char.IsAsciiHexDigit(text[next + 2]))
            {
                return false;
            }

            text = text[(next + 3)..];
        }

        return true;
    }

    /// <summary>The same of any visible characters of ASCII, which end no request line.</summary>
    public static bool IsVisibleTarget(ReadOnlySpan<char> text) =>
        text is "*" || (text is ['/', ..] && !text.ContainsAnyExceptInRange('!', '~'));

    /// <summary>Looks at all of a request.</summary>
    /// <exception cref="ArgumentException">A part would break the message; its value is not in the text.</exception>
    public static void Check(ForwardRequest request)
    {
        var isTarget = request.IsTargetJudgedThere ? IsVisibleTarget(request.Target) : IsTarget(request.Target);
        if (!isTarget || !IsToken(request.Method) || !IsHost(request.Host))
        {
            throw new ArgumentException("The method, the target or the host is none.", nameof(request));
        }

        foreach (var (name, values) in request.Headers)
        {
            if (!IsToken(name))
            {
                throw new ArgumentException("The name of a field is no token.", nameof(request));
            }

            for (var n = 0; n < values.Count; n++)
            {
                if (!IsValue(values[n]))
                {
                    throw new ArgumentException($"The value of '{name}' holds what no field may.", nameof(request));
                }
            }
        }
    }

    private static IEnumerable<byte> ValueBytes() =>
        Enumerable.Range(0, 256).Where(b => b is '\t' or (>= ' ' and not 0x7f)).Select(b => (byte)b);
}
