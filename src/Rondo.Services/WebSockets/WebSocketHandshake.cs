using System.Buffers.Text;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Rondo.Services.Hosting;

namespace Rondo.Services.WebSockets;

/// <summary>The opening handshake of RFC 6455 section 4, and who may make it.</summary>
internal static class WebSocketHandshake
{
    private const int KeyBytes = 16;

    private static readonly ProblemType UpgradeRequired = new("upgrade-required", 426, "A WebSocket is needed");

    /// <summary>Whether a request asks for a WebSocket, be it in the right way or not.</summary>
    public static bool IsAsked(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && Tokens(context.Request.Headers.Upgrade).Contains("websocket", StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The connection, once both sides have agreed; or null after an answer that says what is wrong. It is the server's
    /// own: nothing of HTTP has to be counted, locked or timed any more, and what waits for the next frame holds no
    /// memory. The server touches it no more until the request ends, and <see cref="ContinueAsync"/> not even then.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="protocol">The subprotocol, which a client that offers any should offer; null for none.</param>
    /// <param name="origins">Whose pages may connect besides this server's own.</param>
    public static async Task<IDuplexPipe?> AcceptAsync(
        HttpContext context, string? protocol, IReadOnlyCollection<string> origins)
    {
        if (Refuse(context, origins) is { } problem)
        {
            await problem.WriteAsync(context);
            return null;
        }

        var headers = context.Response.Headers;
        headers.Upgrade = "websocket";
        headers.Connection = "Upgrade";
        headers.SecWebSocketAccept = Accept(context.Request.Headers.SecWebSocketKey.ToString());
        if (protocol is not null && Tokens(context.Request.Headers.SecWebSocketProtocol).Contains(protocol))
        {
            headers.SecWebSocketProtocol = protocol;
        }

        await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
        return context.Features.Get<IUpgradedConnection>()?.Connection
            ?? context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport;
    }

    /// <summary>
    /// Runs a protocol on a connection that was accepted: behind the request, so that nothing is held for it, or within
    /// it where the connection knows no other way.
    /// </summary>
    /// <param name="context">The request; over when the returned task ends.</param>
    /// <param name="protocol">As <see cref="IUpgradedConnection.Continue"/> takes it.</param>
    public static async Task ContinueAsync(HttpContext context, Func<Task<bool>> protocol)
    {
        if (context.Features.Get<IUpgradedConnection>() is { } connection)
        {
            connection.Continue(protocol);
        }
        else if (!await protocol())
        {
            context.Abort();
        }
    }

    private static Problem? Refuse(HttpContext context, IReadOnlyCollection<string> origins)
    {
        var headers = context.Request.Headers;
        if (!IsAsked(context))
        {
            context.Response.Headers.Upgrade = "websocket";
            return new Problem(UpgradeRequired, $"'{context.Request.Path}' is a WebSocket: send 'Upgrade: websocket'.");
        }

        if (headers.SecWebSocketVersion is not ["13"])
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketVersion = "13";
            return new Problem(UpgradeRequired, "The version of WebSockets here is 13.");
        }

        if (headers.SecWebSocketKey is not [{ } key] || !IsKey(key))
        {
            return new Problem(ProblemType.RefusedRequest, "'Sec-WebSocket-Key' is 16 bytes in base64, once.");
        }

        return SameOrigin.Refuse(context, origins);
    }

    private static bool IsKey(string key) =>
        Base64.IsValid(key, out var bytes) && bytes == KeyBytes && !key.Any(char.IsWhiteSpace);

    private static IEnumerable<string> Tokens(StringValues header) => header
        .SelectMany(h => (h ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    // What the protocol asks for; nothing is kept secret by it.
#pragma warning disable CA5350
    private static string Accept(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
}
