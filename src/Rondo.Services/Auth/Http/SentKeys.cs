using System.Text;
using Microsoft.Extensions.Primitives;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// The texts that a request carries where a key belongs; what is no key of any form is an empty text. Gone through by
/// <c>foreach</c>, without taking memory.
/// </summary>
internal struct SentKeys(IHeaderDictionary headers)
{
    private const string Bearer = "Bearer";
    private const string Basic = "Basic";
    private const string Lease = "Lease ";

    private readonly StringValues _authorization = headers.Authorization;
    private readonly StringValues _plain = headers["X-API-Key"];
    private int _next;

    public ShownText Current { get; private set; }

    public static SentKeys In(IHeaderDictionary headers) => new(headers);

    /// <summary>The one that is carried, however often.</summary>
    /// <param name="headers">The request's.</param>
    /// <param name="isConflict">Whether there are several, which differ.</param>
    public static ShownText Only(IHeaderDictionary headers, out bool isConflict)
    {
        var only = default(ShownText);
        isConflict = false;
        foreach (var text in In(headers))
        {
            isConflict |= !only.IsNone && !only.Equals(text);
            only = text;
        }

        return only;
    }

    public readonly SentKeys GetEnumerator() => this;

    public bool MoveNext()
    {
        while (_next < _authorization.Count)
        {
            // The token of a lease in the registry stands beside a key.
            var authorization = _authorization[_next++] ?? "";
            if (!authorization.StartsWith(Lease, StringComparison.OrdinalIgnoreCase))
            {
                Current = Of(authorization);
                return true;
            }
        }

        var place = _next - _authorization.Count;
        if (place >= _plain.Count)
        {
            return false;
        }

        _next++;
        Current = _plain[place] ?? "";
        return true;
    }

    private static ShownText Of(string authorization)
    {
        var space = authorization.IndexOf(' ');
        if (space < 0)
        {
            return "";
        }

        var scheme = authorization.AsSpan(0, space);
        var rest = authorization.AsSpan(space).TrimStart(' ');
        var start = authorization.Length - rest.Length;
        rest = rest.TrimEnd(' ');
        return scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase)
                ? new ShownText(authorization, start, rest.Length)
            : scheme.Equals(Basic, StringComparison.OrdinalIgnoreCase) ? OfBasic(rest)
            : "";
    }

    // user is the prefix, or the password holds the whole key, or the user does.
    private static string OfBasic(ReadOnlySpan<char> encoded)
    {
        Span<byte> bytes = stackalloc byte[512];
        if (encoded.Length > 512 || !Convert.TryFromBase64Chars(encoded, bytes, out var length))
        {
            return "";
        }

        var text = Encoding.UTF8.GetString(bytes[..length]);
        var colon = text.IndexOf(':');
        if (colon < 0)
        {
            return "";
        }

        var (user, password) = (text[..colon], text[(colon + 1)..]);
        if (password.Length == 0)
        {
            return user;
        }

        if (!ApiKey.IsShaped(password))
        {
            return ApiKey.Join(user, password);
        }

        var prefix = ApiKey.PrefixOf(password);
        return user.Length == 0 || user == "ak_" + prefix.ToString() || prefix.SequenceEqual(user) ? password : "";
    }
}
