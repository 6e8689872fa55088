using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Rondo.Services.Auth;

/// <summary>
/// Who has logged in with a key in a browser: the browser holds a random text in a cookie that no script and no other
/// site's page can use, and here lies its hash with the name of the key. It ends with the process, after twelve hours,
/// or when the key is no longer one of ours. From any thread.
/// </summary>
internal sealed class SessionStore(KeyStore keys, TimeProvider time)
{
    private const string Cookie = "rondo_session";
    private const string Alphabet = "0123456789abcdef";
    private const int SecretLength = 32;
    private const int Most = 10_000;

    private static readonly TimeSpan Life = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<string, (string Prefix, DateTimeOffset End)> _sessions = new();

    /// <summary>The key that the browser of a request has logged in with, or null.</summary>
    public StoredKey? KeyOf(HttpContext context) =>
        context.Request.Cookies[Cookie] is { Length: SecretLength } secret
        && _sessions.TryGetValue(HashOf(secret), out var session) && session.End > time.GetUtcNow()
            ? keys.Get(session.Prefix)
            : null;

    /// <summary>Begins a session; the answer gives its cookie.</summary>
    public void Begin(HttpContext context, StoredKey key)
    {
        End(context);
        Forget();
        var secret = RandomNumberGenerator.GetString(Alphabet, SecretLength);
        _sessions[HashOf(secret)] = (key.Prefix, time.GetUtcNow() + Life);
        context.Response.Cookies.Append(Cookie, secret, Kind(context));
    }

    /// <summary>Ends the session of a request's browser, if it has one.</summary>
    public void End(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is { } secret)
        {
            _sessions.TryRemove(HashOf(secret), out _);
            context.Response.Cookies.Delete(Cookie, Kind(context));
        }
    }

    private static CookieOptions Kind(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        IsEssential = true,
    };

    private static string HashOf(string secret) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes("session " + secret)));

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (hash, session) in _sessions)
        {
            if (session.End <= now || _sessions.Count >= Most)
            {
                _sessions.TryRemove(hash, out _);
            }
        }
    }
}
