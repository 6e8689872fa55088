using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Rondo.Lab.Load;
using Rondo.Lab.Load.Engine;
using Rondo.Lab.Load.Targets;
using Rondo.Lab.Load.Tool;
using Rondo.Lab.Tests.Support;

namespace Rondo.Lab.Tests.Load.Engine;

/// <summary>Messages over WebSocket against a real server, in real time.</summary>
public sealed class MessageTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1, "epoll")]
    [InlineData(125, "epoll")]
    [InlineData(126, "portable")]
    [InlineData(65_535, "epoll")]
    [InlineData(65_536, "portable")]
    [InlineData(150_000, "epoll")]
    public async Task Run_Echo_BringsEveryMessageBackWhole(int length, string engine)
    {
        await using var server = await WebSocketServer.EchoAsync();
        var message = RandomNumberGenerator.GetBytes(length);
        var plan = await PlanAsync(server, new LoadOptions("") { BinaryMessages = true });

        var result = await RunAsync(plan with
        {
            Engine = engine,
            Message = message,
            Requests = 50,
            Connections = 3,
            ExpectedLength = length,
            ExpectedSha = length < 100_000 ? Convert.ToHexString(SHA256.HashData(message)) : null,
        });

        Assert.Equal((null, 50, 0), (result.FirstProblem, result.Counts.Completed, result.Counts.Failed));
        Assert.Equal((3, 50L * length), (result.Counts.ConnectionsOpened, result.Counts.BodyBytes));
        Assert.Equal(50, result.Latency.Restore().Count);
    }

    [Fact]
    public async Task Run_End_SaysGoodbye()
    {
        await using var server = await WebSocketServer.EchoAsync();

        await RunAsync(await PlanAsync(server, new LoadOptions("") { Connections = 3, Requests = 9 }));

        await UntilAsync(() => server.ClosedWell == 3);
    }

    // RFC 6455, section 4.1: a key is chosen anew for each connection.
    [Fact]
    public async Task Run_Connections_EachHaveAKeyOfTheirOwn()
    {
        await using var server = await WebSocketServer.EchoAsync();

        await RunAsync(await PlanAsync(server, new LoadOptions("") { Connections = 20, Requests = 20 }));

        Assert.Equal(20, server.Keys.Count);
        Assert.Equal(20, server.Keys.Distinct().Count());
        Assert.All(server.Keys, key => Assert.Equal(16, Convert.FromBase64String(key).Length));
    }

    [Fact]
    public void AcceptOf_TheExampleOfTheProtocol_IsItsAnswer() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketChannel.AcceptOf("dGhlIHNhbXBsZSBub25jZQ=="));

    [Fact]
    public async Task Run_RefusalWithControlCodes_IsToldWithoutThem()
    {
        using var server = ScriptedServer.Answering(_ => "HTTP/1.1 404 \u001b[2JNo\r\nContent-Length: 0\r\n\r\n");

        var result = await RunAsync(await PlanAsync(server.Port, new LoadOptions("") { Connections = 1, Requests = 1 }));

        Assert.Equal("the server did not agree to speak WebSocket: HTTP/1.1 404  [2JNo", result.FirstProblem);
    }

    [Fact]
    public async Task Run_ServerPings_GetsItsPong()
    {
        const int Message = 2 + 4 + 5;
        const int Pong = 2 + 4 + 1;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var plan = await PlanAsync(
            ((IPEndPoint)listener.LocalEndpoint).Port, new LoadOptions("") { Connections = 1, Requests = 1 });
        var running = RunAsync(plan);
        using var socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        var room = new byte[4096];
        var asked = Encoding.ASCII.GetString(
            room, 0, await stream.ReadAsync(room, TestContext.Current.CancellationToken));
        var key = Regex.Match(asked, "\r\nSec-WebSocket-Key: (.{24})\r\n\r\n$").Groups[1].Value;
        var agreed = $"HTTP/1.1 101 Ok\r\nSec-WebSocket-Accept: {WebSocketChannel.AcceptOf(key)}\r\n\r\n";
        await stream.WriteAsync(
            (byte[])[.. Encoding.ASCII.GetBytes(agreed), 0x89, 1, (byte)'x'], TestContext.Current.CancellationToken);

        var frames = new byte[Message + Pong];
        await stream.ReadExactlyAsync(frames, TestContext.Current.CancellationToken);
        await stream.WriteAsync((byte[])[0x81, 2, (byte)'o', (byte)'k'], TestContext.Current.CancellationToken);

        Assert.Equal(1, (await running).Counts.Completed);
        var (message, pong) = frames[0] == 0x81 ? (0, Message) : (Pong, 0);
        Assert.Equal((0x81, 0x80 | 5), (frames[message], frames[message + 1]));
        Assert.Equal((0x8A, 0x80 | 1), (frames[pong], frames[pong + 1]));
        Assert.Equal('x', frames[pong + 2] ^ frames[pong + 6]);
    }

    [Fact]
    public async Task Run_ServerCloses_SaysWithWhat()
    {
        await using var server = await WebSocketServer.StartAsync(async socket =>
        {
            await socket.ReceiveAsync(new byte[100], default);
            await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, default);
        });

        var result = await RunAsync(await PlanAsync(server, new LoadOptions("") { Connections = 1, Requests = 2 }));

        Assert.Equal((0, 2), (result.Counts.Completed, result.Counts.ClosedEarly));
        Assert.Equal("the server closed the WebSocket with 1001", result.FirstProblem);
    }

    [Fact]
    public async Task Run_ServerWithoutWebSocket_IsAConnectErrorWithItsStatus()
    {
        using var server = ScriptedServer.Answering(_ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

        var result = await RunAsync(await PlanAsync(server.Port, new LoadOptions("") { Connections = 1, Requests = 2 }));

        Assert.Equal(2, result.Counts.ConnectErrors);
        Assert.Equal("the server did not agree to speak WebSocket: HTTP/1.1 404 Not Found", result.FirstProblem);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var end = TimeProvider.System.GetTimestamp();
        while (!isSo() && TimeProvider.System.GetElapsedTime(end) < Guard)
        {
            await Task.Yield();
        }

        Assert.True(isSo());
    }

    private static Task<LoadPlan> PlanAsync(WebSocketServer server, LoadOptions options) =>
        PlanAsync(server.Port, options);

    private static async Task<LoadPlan> PlanAsync(int port, LoadOptions options)
    {
        var url = $"ws://127.0.0.1:{port}/";
        return LoadPlanning.Plan(
            options with { Url = url }, await TargetUrl.ResolveAsync(url, ownsHost: false, allowedHosts: null));
    }

    private static Task<LoadResult> RunAsync(LoadPlan plan) =>
        LoadEngine.RunAsync(plan, _ => { }, TestContext.Current.CancellationToken).WaitAsync(Guard);
}
