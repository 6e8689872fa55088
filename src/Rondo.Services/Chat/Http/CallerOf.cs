using System.Net;
using System.Security.Cryptography;
using System.Text;
using Rondo.Services.Auth;
using Rondo.Services.Auth.Http;
using Rondo.Services.Hosting;

namespace Rondo.Services.Chat.Http;

/// <summary>
/// Tells who sends a request: who shows a key or has logged in with one, or a guest. A guest is known by a cookie with
/// a random text that only its browser has; what others see is made of its hash. To read and to post, a guest from
/// this machine needs none.
/// </summary>
internal sealed class CallerOf(Credentials credentials)
{
    private const string Cookie = "rondo_guest";
    private const int CookieLength = 32;
    private const string CookieAlphabet = "0123456789abcdef";

    /// <summary>Of a page, a WebSocket, or a client of the talks' chats: a guest who is new gets the cookie.</summary>
    public async ValueTask<(Caller? Caller, Problem? Problem)> GuestAsync(HttpContext context)
    {
        var (key, problem) = await credentials.ReadOpenAsync(context);
        return problem is not null ? (null, problem)
            : key is not null ? (Of(key, context), null)
            : (Guest(context, GuestCookie(context) ?? GiveCookie(context)), null);
    }

    /// <summary>Of a request that reads: the lobby is open to all, other rooms to who could post there.</summary>
    public async ValueTask<(Caller? Caller, Problem? Problem)> ReadAsync(HttpContext context, string room)
    {
        var (key, problem) = await credentials.ReadOpenAsync(context);
        if (problem is not null)
        {
            return (null, problem);
        }

        return key is not null ? (Of(key, context), null)
            : GuestCookie(context) is { } cookie ? (Guest(context, cookie), null)
            : room == RoomDirectory.Lobby || IsLocal(context) ? (Guest(context, "local"), null)
            : (null, Unknown(context));
    }

    /// <summary>Of a request that posts or changes something.</summary>
    public async ValueTask<(Caller? Caller, Problem? Problem)> PostAsync(HttpContext context)
    {
        var (key, problem) = await credentials.ReadAsync(context);
        if (problem is not null)
        {
            return (null, problem);
        }

        if (key is not null)
        {
            var room = ChatDesk.RoomOf(context);
            return Caller.Allows(key, Caller.PostScope, room) || Caller.Allows(key, Caller.AdminScope, room)
                ? (Of(key, context), null)
                : (null, credentials.Lacks(context, key, Caller.PostScope));
        }

        if (GuestCookie(context) is { } cookie)
        {
            return (Guest(context, cookie), null);
        }

        // Without a cookie everybody on this machine is the same guest: none of them owns what it has said.
        return HttpMethods.IsPost(context.Request.Method) && IsLocal(context)
            ? (Guest(context, "local"), null)
            : (null, Unknown(context));
    }

    private static Problem Unknown(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = AuthProblems.Realm;
        return new Problem(
            AuthProblems.Missing,
            $"Send 'Authorization: Bearer KEY' with a key of the scope '{Caller.PostScope}', "
                + "or the cookie that GET /chat gives.");
    }

    private static Caller Of(StoredKey key, HttpContext context) =>
        Caller.Of(key, Address(context), ChatDesk.RoomOf(context));

    private static Caller Guest(HttpContext context, string secret)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("guest " + secret)));
        return new Caller("g-" + hash[..16], null, ChatRole.Guest, Address(context));
    }

    private static string? GuestCookie(HttpContext context) =>
        context.Request.Cookies[Cookie] is { Length: CookieLength } value
        && !value.AsSpan().ContainsAnyExcept(System.Buffers.SearchValues.Create(CookieAlphabet))
            ? value
            : null;

    private static string GiveCookie(HttpContext context)
    {
        var secret = RandomNumberGenerator.GetString(CookieAlphabet, CookieLength);
        context.Response.Cookies.Append(Cookie, secret, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            MaxAge = TimeSpan.FromDays(365),
            IsEssential = true,
        });
        return secret;
    }

    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address
        || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "local";
}
