using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Rondo.Lab.Tests.Support;

/// <summary>Kestrel, speaking WebSocket as a test says.</summary>
internal sealed class WebSocketServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _keys = new();
    private int _closedWell;

    private WebSocketServer(WebApplication app) => _app = app;

    /// <summary>With what clients have asked for WebSocket.</summary>
    public IReadOnlyCollection<string> Keys => _keys;

    public int Port => new Uri(
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>How many clients said goodbye.</summary>
    public int ClosedWell => Volatile.Read(ref _closedWell);

    public static async Task<WebSocketServer> StartAsync(
        Func<WebSocket, Task> serve, WebSocketOptions? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new WebSocketServer(app);
        app.UseWebSockets(options ?? new WebSocketOptions());
        app.Run(async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                context.Response.StatusCode = 400;
                return;
            }

            server._keys.Enqueue(context.Request.Headers.SecWebSocketKey.ToString());
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            try
            {
                await serve(socket);
            }
            catch (WebSocketException)
            {
                // The client has gone.
            }
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>Answers each message with the same.</summary>
    public static async Task<WebSocketServer> EchoAsync(WebSocketOptions? options = null)
    {
        WebSocketServer? server = null;
        return server = await StartAsync(
            async socket =>
            {
                var room = new byte[200_000];
                while (await socket.ReceiveAsync(room, default) is { MessageType: not WebSocketMessageType.Close } part)
                {
                    await socket.SendAsync(room.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, default);
                }

                Interlocked.Increment(ref server!._closedWell);
            },
            options);
    }

    /// <summary>
    /// Passes each message on to everybody, or to everybody else, once so many are there: a client has its answer a moment
    /// before it is one of them.
    /// </summary>
    public static Task<WebSocketServer> BroadcastAsync(int members, bool alsoToSender, Func<int, bool>? keeps = null)
    {
        var (all, gate, messages) = (new List<WebSocket>(), new SemaphoreSlim(1), 0);
        var complete = new TaskCompletionSource();
        return StartAsync(async socket =>
        {
            lock (all)
            {
                all.Add(socket);
                if (all.Count == members)
                {
                    complete.SetResult();
                }
            }

            var room = new byte[1000];
            while (await socket.ReceiveAsync(room, default) is { MessageType: not WebSocketMessageType.Close } part)
            {
                if (keeps?.Invoke(messages++) == true)
                {
                    continue;
                }

                await complete.Task;
                await gate.WaitAsync();
                foreach (var other in all.Where(s => (s != socket || alsoToSender) && s.State == WebSocketState.Open))
                {
                    await other.SendAsync(room.AsMemory(0, part.Count), part.MessageType, true, default);
                }

                gate.Release();
            }
        });
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
