using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Tests.Gateway.Upstream;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>Through the gateway over real connections: WebSockets, event streams, bodies, our own chat.</summary>
public sealed class CarriedTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task WebSocket_WithAKey_CarriesALargeMessageAndEndsWithTheKey()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var upstream = await EchoServer.StartAsync();
        await using var server = await TestServer.StartAsync();
        var admin = await RegisterAsync(server, upstream.Address);
        var made = await server.CreateAsync(admin, new { name = "k", scopes = new[] { "echo:read" } });
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(server, null, limit.Token));
        using var socket = await ConnectAsync(server, made.Text(), limit.Token);
        var message = new byte[1024 * 1024];
        new Random(1).NextBytes(message);

        var sending = socket.SendAsync(message, WebSocketMessageType.Binary, true, limit.Token);
        Assert.Equal(message, await ReceiveAsync(socket, message.Length, limit.Token));
        await sending;
        await server.SendAsync("POST", $"/auth/keys/{made.Text("id")}/revoke", null, Keys.Bearer(admin));

        // However the end looks, nothing comes any more.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            var end = await socket.ReceiveAsync(message, limit.Token);
            Assert.NotEqual(WebSocketMessageType.Close, end.MessageType);
        });
        Assert.False(limit.IsCancellationRequested);
    }

    [Fact]
    public async Task WebSocket_WithATicket_OpensOnceAndTheServiceDoesNotSeeIt()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var upstream = new RecordingUpstream();
        await using var server = await TestServer.StartAsync();
        var admin = await RegisterAsync(server, new Uri(upstream.Url));
        var (_, body) = await server.SendAsync(
            "POST", "/auth/tickets", RegistryCalls.Json("""{"path":"/echo/ws"}"""), Keys.Bearer(admin));
        var ticket = JsonNode.Parse(body)!.Text("ticket");

        var first = await RawHttp.GetAsync(server.Address, $"/echo/ws?a=b&ticket={ticket}");
        var second = await RawHttp.GetAsync(server.Address, $"/echo/ws?a=b&ticket={ticket}");

        Assert.Equal((200, 401), (first.Status, second.Status));
        Assert.StartsWith("GET /echo/ws?a=b HTTP/1.1\r\n", Assert.Single(upstream.Heads));
    }

    [Fact]
    public async Task Chat_OfAnotherServer_IsSpokenWithThroughTheGateway()
    {
        await using var rooms = await TestServer.StartAsync();
        await using var server = await TestServer.StartAsync();
        var admin = await RegisterAsync(server, rooms.Address);
        var (response, text) = await server.SendAsync(
            "PUT", "/gateway/routes/rooms",
            RegistryCalls.Json("""
                {"match":{"path":"/rooms/**"},"service":"echo","rewrite":{"strip":"/rooms"},"auth":{"required":false}}
                """),
            Keys.Bearer(admin));
        Assert.True(response.IsSuccessStatusCode, text);
        using var client = await ChatClient.ConnectAsync(server.Address, "/rooms/chat/ws");

        await client.SendAsync("""{"type":"hello","room":"lobby","name":"Ann"}""");
        await client.SayAsync("hello there", "c-1");

        while (await client.ReadAsync() is { } frame)
        {
            if (frame.Text("type") == "message")
            {
                Assert.Contains("hello there", frame.ToJsonString());
                return;
            }
        }

        Assert.Fail("The server has closed.");
    }

    [Fact]
    public async Task EventStream_Carried_ComesEventByEventAndEndsWithTheServer()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var upstream = await FakeUpstream.StartAsync();
        var (next, left) = (new SemaphoreSlim(0), new TaskCompletionSource());
        upstream.Answer(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 1; ; i++)
            {
                await context.Response.WriteAsync($"data: {i}\n\n", CancellationToken.None);
                await context.Response.Body.FlushAsync(CancellationToken.None);
                try
                {
                    await next.WaitAsync(context.RequestAborted);
                }
                catch (OperationCanceledException)
                {
                    left.SetResult();
                    return;
                }
            }
        });
        await using var server = await TestServer.StartAsync();
        var admin = await RegisterAsync(server, upstream.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/echo/events");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + admin);
        using var response = await server.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));

        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal($"data: {i}", await reader.ReadLineAsync(limit.Token));
            Assert.Equal("", await reader.ReadLineAsync(limit.Token));
            next.Release();
        }

        await server.StopAsync().InTimeAsync();
        await left.Task.InTimeAsync();
    }

    [Fact]
    public async Task Body_WithoutALengthOverItsLimit_IsRefusedAndNeverWhole()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var seen = new TaskCompletionSource<Exception?>();
        upstream.Answer(async context =>
        {
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null, CancellationToken.None);
                seen.SetResult(null);
            }
            catch (Exception cut) when (cut is IOException or OperationCanceledException)
            {
                seen.SetResult(cut);
            }
        });
        await using var server = await TestServer.StartAsync();
        var admin = await RegisterAsync(server, upstream.Address);
        await server.SendAsync(
            "PUT", "/gateway/routes/small",
            RegistryCalls.Json("""{"match":{"path":"/echo/small"},"service":"echo","max_body":"40kB"}"""),
            Keys.Bearer(admin));
        var chunk = $"4000\r\n{new string('a', 0x4000)}\r\n";

        var answer = await RawHttp.SendAsync(
            server.Address,
            $"POST /echo/small HTTP/1.1\r\nHost: rondo\r\nConnection: close\r\nAuthorization: Bearer {admin}\r\n"
                + $"Transfer-Encoding: chunked\r\n\r\n{chunk}{chunk}{chunk}{chunk}0\r\n\r\n");

        Assert.Equal(413, answer.Status);
        Assert.Contains("/problems/body-too-large", answer.Body);

        // Whether the service has seen its beginning is up to who forwards; it must not take it for the whole.
        Assert.True(!seen.Task.IsCompleted || await seen.Task is not null);
    }

    [Fact]
    public async Task Body_BrokenByTheClient_Is400AndTheConnectionCloses()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(context => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted));
        await using var server = await TestServer.StartAsync();
        var admin = await RegisterAsync(server, upstream.Address);

        var answer = await RawHttp.SendAsync(
            server.Address,
            $"POST /echo/x HTTP/1.1\r\nHost: rondo\r\nAuthorization: Bearer {admin}\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\nGET /evil HTTP/1.1\r\n\r\n");

        Assert.Equal((400, "close"), (answer.Status, answer.Headers["Connection"]));
        Assert.Contains("/problems/broken-body", answer.Body);
    }

    [Fact]
    public async Task Body_OfMegabytes_GoesAndComesBackWhole()
    {
        await using var upstream = await EchoServer.StartAsync();
        await using var server = await TestServer.StartAsync();
        var admin = await RegisterAsync(server, upstream.Address);
        var body = new byte[5 * 1024 * 1024];
        new Random(2).NextBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo/x") { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + admin);

        using var response = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Upstream_ThatRefusesAndRedirects_IsHandedOnAsItIs()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "http://elsewhere/";
            context.Response.Headers.SetCookie = new[] { "a=1", "b=2" };
            return Task.CompletedTask;
        });
        await using var server = await TestServer.StartAsync();
        var admin = await RegisterAsync(server, upstream.Address);

        var answer = await RawHttp.GetAsync(server.Address, "/echo/x", Keys.Bearer(admin), "X-Request-Id: r1");

        Assert.Equal(
            (302, "http://elsewhere/", "r1"),
            (answer.Status, answer.Headers["Location"], answer.Headers["X-Request-Id"]));
        Assert.Equal("a=1, b=2", answer.Headers["Set-Cookie"]);
    }

    [Fact]
    public async Task Field_ThatCannotBeSentOn_IsTheClientsMistake()
    {
        await using var upstream = new RecordingUpstream();
        await using var server = await TestServer.StartAsync();
        var admin = await RegisterAsync(server, new Uri(upstream.Url));

        var answer = await RawHttp.SendAsync(
            server.Address,
            Encoding.UTF8.GetBytes(
                $"GET /echo/x HTTP/1.1\r\nHost: rondo\r\nAuthorization: Bearer {admin}\r\n"
                    + "X: \u4e2d\r\nConnection: close\r\n\r\n"));

        Assert.Equal((400, 0L), (answer.Status, upstream.Bytes));
    }

    private static async Task<string> RegisterAsync(TestServer server, Uri upstream)
    {
        var admin = server.CreateAdminKey();
        await new RegistryCalls(server, admin).RegisterAsync(
            "echo", "e1", ""","routes":["/echo/**"]""", upstream.GetLeftPart(UriPartial.Authority));
        return admin;
    }

    private static async Task<ClientWebSocket> ConnectAsync(
        TestServer server, string? key, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        if (key is not null)
        {
            socket.Options.SetRequestHeader("Authorization", "Bearer " + key);
        }

        try
        {
            var url = new UriBuilder(server.Address) { Scheme = "ws", Path = "/echo/ws" }.Uri;
            await socket.ConnectAsync(url, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket, int length, CancellationToken cancellation)
    {
        var message = new byte[length];
        for (var read = 0; read < length;)
        {
            read += (await socket.ReceiveAsync(message.AsMemory(read), cancellation)).Count;
        }

        return message;
    }
}
