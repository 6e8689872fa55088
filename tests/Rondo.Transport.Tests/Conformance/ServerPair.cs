using System.Net.WebSockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Transport.Kestrel;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Conformance;

/// <summary>
/// The same application on the platform's sockets and on event loops: what a client may see of it must not differ.
/// </summary>
public sealed class ServerPair : IAsyncLifetime
{
    private TestServer? _stock;
    private TestServer? _loops;

    /// <summary>Addresses of the two servers: the platform's, ours.</summary>
    internal (EndPoint Stock, EndPoint Loops) At(Port port) => (Find(_stock!, port), Find(_loops!, port));



    public async ValueTask InitializeAsync()
    {
        _stock = await StartAsync(builder => builder.UseSockets());
        _loops = await StartAsync(builder => builder.UseEventLoop(o => o.Loops = 1));
    }

    public async ValueTask DisposeAsync()
    {
        await _stock!.DisposeAsync();
        await _loops!.DisposeAsync();
    }

    private static Task<TestServer> StartAsync(Action<IWebHostBuilder> transport) => TestServer.StartAsync(
        transport,
        AnswerAsync,
        kestrel =>
        {
            // Small, so that what is too great is soon sent byte by byte.
            kestrel.Limits.MaxRequestLineSize = 512;
            kestrel.Limits.MaxRequestHeadersTotalSize = 1024;
            kestrel.Limits.MaxRequestHeaderCount = 16;
            kestrel.Limits.MaxRequestBodySize = 2000;
            kestrel.Limits.Http2.MaxFrameSize = 16 * 1024;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 10;
            kestrel.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, l => l.UseHttps(TestCertificate.Shared));
        });

    private static IPEndPoint Find(TestServer server, Port port) => new(IPAddress.Loopback, new Uri(server.Services
        .GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt((int)port)).Port);

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await EchoAsync(socket, context.RequestAborted);
            return;
        }

        // One that reads and one that does not, which leaves that to the server.
        using var body = new MemoryStream();
        if (context.Request.Path != "/unread")
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }

        var answer = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {body.Length}";
        context.Response.ContentLength = answer.Length;
        await context.Response.WriteAsync(answer);
    }

    private static async Task EchoAsync(WebSocket socket, CancellationToken token)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, token) is { MessageType: not WebSocketMessageType.Close } part)
            {
                await socket.SendAsync(
                    buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, token);
            }

            if (socket.State == WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(
                    socket.CloseStatus ?? WebSocketCloseStatus.Empty, socket.CloseStatusDescription, token);
            }
        }
        catch (WebSocketException)
        {
            // The peer has broken the protocol or the connection: who reads the answer sees what follows from that.
        }
    }
}

/// <summary>What listens there.</summary>
internal enum Port
{
    Http1,
    Http2,
    Tls,
}
