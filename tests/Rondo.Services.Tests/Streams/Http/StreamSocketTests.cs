using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Streams;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Http;

/// <summary>A stream on a WebSocket: that of the rates, and the events of a room.</summary>
public sealed class StreamSocketTests
{
    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Hello_AfterACursor_GivesWhatWasMissedAndThenWhatComes(string transport)
    {
        await using var server = await StartAsync(transport);
        await AppendAsync(server, 3);
        using var socket = await ConnectAsync(server, "/currency/stream");

        await SayAsync(socket, """{"type":"hello","stream":"rates","after":2}""");
        var missed = await ReadAsync(socket);
        var next = await ReadAsync(socket);
        var live = await ReadAsync(socket);
        await AppendAsync(server, 1);
        var came = await ReadAsync(socket);

        Assert.Equal([3, 4, 5], new[] { missed, next, came }.Select(e => e!["seq"]!.GetValue<int>()));
        Assert.Equal("rates", missed!["type"]!.GetValue<string>());
        Assert.Equal("live", live!["type"]!.GetValue<string>());
        Assert.EndsWith("-4", live["next"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hello_ACursorOfAnotherEpoch_IsToldAndBeginsAnew()
    {
        await using var server = await StartAsync();
        using var socket = await ConnectAsync(server, "/currency/stream");

        await SayAsync(socket, """{"type":"hello","after":"0000000000000007-41"}""");

        Assert.Equal("reset", (await ReadAsync(socket))!["type"]!.GetValue<string>());
        Assert.Equal(1, (await ReadAsync(socket))!["seq"]!.GetValue<int>());
    }

    [Fact]
    public async Task Hello_EventsOfARoom_AreThoseOfTheChat()
    {
        await using var server = await StartAsync();
        await server.SendAsync("POST", "/chat/rooms/lobby/messages", new StringContent("hi"));
        using var socket = await ConnectAsync(server, "/chat/rooms/lobby/events");

        await SayAsync(socket, """{"type":"hello","after":0}""");

        Assert.Equal("hi", (await ReadAsync(socket))!["text"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("""{"type":"hello","type":"hello"}""")]
    [InlineData("""{"type":"goodbye"}""")]
    [InlineData("""{"type":"hello","stream":"audit"}""")]
    [InlineData("""{"type":"hello","stream":7}""")]
    [InlineData("""{"type":"hello","after":-1}""")]
    [InlineData("""{"type":"hello","after":1.5}""")]
    [InlineData("""{"type":"hello","after":null}""")]
    [InlineData("""{"type":"hello","after":"yesterday"}""")]
    public async Task Hello_NotUnderstood_IsClosedWithTheReason(string hello)
    {
        await using var server = await StartAsync();
        using var socket = await ConnectAsync(server, "/currency/stream");

        await SayAsync(socket, hello);

        Assert.Null(await ReadAsync(socket));
        Assert.Equal(4400, (int)socket.CloseStatus!.Value);
        Assert.NotEqual("", socket.CloseStatusDescription);
    }

    [Fact]
    public async Task Hello_OfAHundredKilobytes_IsClosed()
    {
        await using var server = await StartAsync();
        using var socket = await ConnectAsync(server, "/currency/stream");

        await SayAsync(socket, $$"""{"type":"hello","x":"{{new string('x', 100_000)}}"}""");

        Assert.Null(await ReadAsync(socket));
        Assert.Equal(4400, (int)socket.CloseStatus!.Value);
    }

    [Fact]
    public async Task Close_ByTheClient_IsAnswered()
    {
        await using var server = await StartAsync();
        using var socket = await ConnectAsync(server, "/currency/stream");
        await SayAsync(socket, """{"type":"hello"}""");
        await ReadAsync(socket);

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketState.Closed, socket.State);
    }

    [Fact]
    public async Task Stop_OfTheServer_ClosesWithGoingAway()
    {
        await using var server = await StartAsync();
        using var socket = await ConnectAsync(server, "/currency/stream");
        await SayAsync(socket, """{"type":"hello"}""");
        await ReadAsync(socket);

        var stopping = server.StopAsync();
        while (await ReadAsync(socket) is not null)
        {
        }

        Assert.Equal(1001, (int)socket.CloseStatus!.Value);
        await stopping;
    }

    [Fact]
    public async Task Connect_FromAPageOfAnotherSite_IsRefused()
    {
        await using var server = await StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", "https://elsewhere.example");

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(
            AddressOf(server, "/currency/stream"), TestContext.Current.CancellationToken));

        Assert.Equal(System.Net.HttpStatusCode.Forbidden, socket.HttpStatusCode);
    }

    private static Task<TestServer> StartAsync(string transport = "auto") => TestServer.StartAsync(
        "Date,USD\n2026-11-20,1.22\n", options: new ServerOptions { Offline = true, Transport = transport });

    private static async Task AppendAsync(TestServer server, int count)
    {
        var store = server.Services.GetRequiredService<IEventStore>();
        for (var i = 0; i < count; i++)
        {
            await store.AppendAsync(
                "rates", [new NewEvent("rates", "{}"u8.ToArray())], cancellation: TestContext.Current.CancellationToken);
        }
    }

    private static Uri AddressOf(TestServer server, string path) =>
        new UriBuilder(server.Address) { Scheme = "ws", Path = path }.Uri;

    private static async Task<ClientWebSocket> ConnectAsync(TestServer server, string path)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(AddressOf(server, path), TestContext.Current.CancellationToken);
        return socket;
    }

    private static Task SayAsync(ClientWebSocket socket, string frame) => socket.SendAsync(
        Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    // Null when it was closed.
    private static async Task<JsonNode?> ReadAsync(ClientWebSocket socket)
    {
        var (buffer, length) = (new byte[64 * 1024], 0);
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken)
                .AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            length += part.Count;
            if (part.MessageType is WebSocketMessageType.Close)
            {
                return null;
            }

            if (part.EndOfMessage)
            {
                return JsonNode.Parse(buffer.AsSpan(0, length));
            }
        }
    }
}
