using System.Text;

namespace Rondo.Services.Auth.Http;

/// <summary>
/// The texts that a request carries where a key belongs; what is no key of any form is an empty text.
/// </summary>
internal static class SentKeys
{
    private const string Bearer = "Bearer";
    private const string Basic = "Basic";
    private const string Lease = "Lease ";

    public static IEnumerable<string> In(IHeaderDictionary headers)
    {
        foreach (var authorization in headers.Authorization)
        {
            // The token of a lease in the registry stands beside a key.
            if (authorization?.StartsWith(Lease, StringComparison.OrdinalIgnoreCase) is not true)
            {
                yield return Of(authorization ?? "");
            }
        }

        foreach (var key in headers["X-API-Key"])
        {
            yield return key ?? "";
        }
    }

    private static string Of(string authorization)
    {
        var space = authorization.IndexOf(' ');
        var (scheme, rest) = space < 0
            ? (authorization, "")
            : (authorization[..space], authorization[space..].Trim(' '));
        return scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase) ? rest
            : scheme.Equals(Basic, StringComparison.OrdinalIgnoreCase) ? OfBasic(rest)
            : "";
    }

    // user is the prefix, or the password holds the whole key, or the user does.
    private static string OfBasic(string encoded)
    {
        Span<byte> bytes = stackalloc byte[512];
        if (encoded.Length > 512 || !Convert.TryFromBase64String(encoded, bytes, out var length))
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
