using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Rondo.Services.Tests.Support;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Tests.Gateway.Framing;

/// <summary>A connection that another protocol goes on with when its request is over.</summary>
public sealed class UpgradedConnectionTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Upgraded_Continues_WithoutItsRequest(string transport)
    {
        WeakReference? request = null;
        var wasInOrder = new TaskCompletionSource();
        await using var server = await FramingServer.StartAsync(transport, async context =>
        {
            request = new WeakReference(context.Features.Get<IHttpRequestFeature>());
            await EchoAsync(context, wasInOrder);
        });
        using var limit = new CancellationTokenSource(s_limit);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(RawWebSocket.Handshake("/")), limit.Token);
        await ReadPastAsync(stream, "\r\n\r\n", limit.Token);

        await stream.WriteAsync("one."u8.ToArray(), limit.Token);
        await ReadPastAsync(stream, "one.", limit.Token);
        while (request!.IsAlive)
        {
            limit.Token.ThrowIfCancellationRequested();
            GC.Collect();
            await Task.Yield();
        }

        await stream.WriteAsync("two."u8.ToArray(), limit.Token);
        await ReadPastAsync(stream, "two.", limit.Token);
        client.Client.Shutdown(SocketShutdown.Send);
        await wasInOrder.Task.WaitAsync(limit.Token);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], limit.Token));
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Upgraded_NotInOrder_IsCut(string transport)
    {
        await using var server = await FramingServer.StartAsync(transport, CutAsync);

        var (answer, _) = await server.SendAsync(RawWebSocket.Handshake("/"));

        Assert.DoesNotContain("HTTP/1.1 5", answer);
    }

    private static async Task CutAsync(HttpContext context)
    {
        await WebSocketHandshake.AcceptAsync(context, protocol: null, origins: []);
        await WebSocketHandshake.ContinueAsync(context, () => Task.FromResult(false));
    }

    private static async Task EchoAsync(HttpContext context, TaskCompletionSource wasInOrder)
    {
        var connection = (await WebSocketHandshake.AcceptAsync(context, protocol: null, origins: []))!;
        await WebSocketHandshake.ContinueAsync(context, () => EchoAsync(connection, wasInOrder));
    }

    private static async Task<bool> EchoAsync(IDuplexPipe connection, TaskCompletionSource wasInOrder)
    {
        while (await connection.Input.ReadAsync() is var read && !read.IsCompleted)
        {
            foreach (var part in read.Buffer)
            {
                await connection.Output.WriteAsync(part);
            }

            connection.Input.AdvanceTo(read.Buffer.End);
        }

        wasInOrder.SetResult();
        return true;
    }

    private static async Task ReadPastAsync(Stream stream, string end, CancellationToken cancellation)
    {
        var (text, buffer) = ("", new byte[1024]);
        while (!text.EndsWith(end, StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer, cancellation);
            Assert.True(count > 0, $"closed after '{text}'");
            text += Encoding.ASCII.GetString(buffer, 0, count);
        }
    }
}
