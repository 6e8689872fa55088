using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting.Tls;

/// <summary>
/// Real clients and real bytes on the port with TLS. Its subject is also real time: how long a client may take for its
/// handshake.
/// </summary>
public sealed class TlsEndpointsTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    // The beginning of a ClientHello of 512 bytes that never come.
    private static readonly byte[] HalfHello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Curl_ThatTrustsTheAuthority_IsServedByBothVersions(string transport)
    {
        await using var server = await TlsTestServer.StartAsync(transport);
        var authority = TlsTestServer.AuthorityOf(server);
        var port = server.Address.Port;
        foreach (var (version, name) in new[] { ("--http2", "2"), ("--http1.1", "1.1") })
        {
            foreach (var host in new[] { "localhost", "127.0.0.1" })
            {
                Assert.Equal($"ok {name}", await Tool.DoAsync(
                    "curl", "-sS", "--max-time", "30", version, "--cacert", authority, "-w", " %{http_version}",
                    $"https://{host}:{port}/healthz"));
            }
        }

        var (refused, _) = await Tool.RunAsync(
            "curl", "-sS", "--max-time", "30", $"https://localhost:{port}/healthz");
        Assert.Equal(60, refused);
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task PlainHttp_OnThePortWithTls_IsToldWhereToGo(string transport)
    {
        await using var server = await TlsTestServer.StartAsync(transport);

        var refused = await RawHttp.GetAsync(server.Address, "/convert/USD/1");
        var posted = await RawHttp.SendAsync(
            server.Address, "POST /trust HTTP/1.1\r\nHost: rondo\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var browser = await RawHttp.GetAsync(server.Address, "/chat", "Accept: text/html,*/*;q=0.8");
        var style = await RawHttp.GetAsync(server.Address, "/assets/rondo.css");

        Assert.Equal(400, refused.Status);
        var problem = JsonNode.Parse(refused.Body)!;
        Assert.Equal("/problems/plain-http", problem.Text("type"));
        Assert.Contains("https://rondo/convert/USD/1", problem.Text("detail"));
        Assert.Contains("http://rondo/trust", problem.Text("detail"));
        Assert.Equal(400, posted.Status);
        Assert.Equal((307, "/trust"), (browser.Status, browser.Headers["Location"]));
        Assert.Equal(200, style.Status);
    }

    [Theory]
    [MemberData(nameof(TestServer.Transports), MemberType = typeof(TestServer))]
    public async Task Handshake_HalfOrNone_EndsInTimeAndServesOthers(string transport)
    {
        await using var server = await TlsTestServer.StartAsync(
            transport, settings: """{"Tls":{"HandshakeLimit":"00:00:01"}}""");
        await using var silent = await ConnectAsync(server, []);
        await using var half = await ConnectAsync(server, HalfHello);

        Assert.Equal(0, await ReadToEndAsync(silent));
        await ReadToEndAsync(half);
        await AssertServesAsync(server);
    }

    [Theory]
    [InlineData("\0\u0001\u0002garbage\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("\u0016\u0003\u0001\u0000\u0002xx")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n\u0016\u0003\u0001")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task Garbage_OnThePortWithTls_IsClosed(string bytes)
    {
        await using var server = await TlsTestServer.StartAsync(settings: """{"Tls":{"HandshakeLimit":"00:00:01"}}""");
        await using var client = await ConnectAsync(server, Encoding.Latin1.GetBytes(bytes));
        client.Socket.Shutdown(SocketShutdown.Send);

        await ReadToEndAsync(client);
        await AssertServesAsync(server);
    }

    [Theory]
    [InlineData("auto", 1)]
    [InlineData("auto", 2)]
    [InlineData("sockets", 1)]
    [InlineData("sockets", 2)]
    public async Task WebSocket_OverTls_CarriesMessagesByBothVersions(string transport, int version)
    {
        const int count = 30;
        await using var server = await TlsTestServer.StartAsync(
            transport, settings: """{"Chat":{"MessagesPerSecond":1000,"Burst":1000}}""");
        using var client = TlsTestServer.Trusting(server);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = new Version(version, version == 1 ? 1 : 0);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.AddSubProtocol("chat.v1");
        socket.Options.SetRequestHeader("Origin", server.Address.GetLeftPart(UriPartial.Authority));
        using var limit = new CancellationTokenSource(Guard);
        await socket.ConnectAsync(
            new UriBuilder(server.Address) { Scheme = "wss", Path = "/chat/ws" }.Uri, client, limit.Token);
        Assert.Equal("chat.v1", socket.SubProtocol);

        // More bytes than a request's body may have.
        var text = new string('x', 3900);
        await SendAsync("""{"type":"hello","room":"lobby"}""");
        for (var i = 0; i < count; i++)
        {
            await SendAsync($$"""{"type":"send","room":"lobby","text":"{{text}}","client_id":"c{{i}}"}""");
        }

        var acknowledged = 0;
        while (acknowledged < count)
        {
            var frame = await ReadAsync();
            acknowledged += ChatClient.TypeOf(frame) == "ack" ? 1 : 0;
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);

        Task SendAsync(string frame) => socket.SendAsync(
            Encoding.UTF8.GetBytes(frame).AsMemory(), WebSocketMessageType.Text, true, limit.Token).AsTask();

        async Task<JsonNode> ReadAsync()
        {
            var buffer = new byte[64 * 1024];
            var length = 0;
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), limit.Token);
                Assert.NotEqual(WebSocketMessageType.Close, part.MessageType);
                length += part.Count;
                if (part.EndOfMessage)
                {
                    return JsonNode.Parse(buffer.AsSpan(0, length))!;
                }
            }
        }
    }

    [Theory]
    [InlineData("https", HttpStatusCode.OK)]
    [InlineData("http", HttpStatusCode.Forbidden)]
    public async Task Origin_WithoutTls_IsAnotherSite(string scheme, HttpStatusCode expected)
    {
        await using var server = await TlsTestServer.StartAsync();
        using var client = TlsTestServer.Trusting(server);
        var address = new UriBuilder(server.Address) { Path = "/chat/rooms/lobby/messages" }.Uri;
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent("hello"),
            Headers = { { "Origin", $"{scheme}://{address.Authority}" } },
        };

        using var answer = await client.SendAsync(request, Cancellation);

        Assert.Equal(expected == HttpStatusCode.OK, answer.IsSuccessStatusCode);
        Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == expected);
    }

    [Fact]
    public async Task Cookie_OverTls_IsSecureAndThereIsNoHsts()
    {
        await using var server = await TlsTestServer.StartAsync();
        using var client = TlsTestServer.Trusting(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/chat"))
        {
            Headers = { { "Accept", "text/html" } },
        };

        using var answer = await client.SendAsync(request, Cancellation);

        Assert.Contains("; secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")));
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Addresses_WithAndWithoutTls_AreServedAsTheySay()
    {
        await using var server = await TlsTestServer.StartAsync(options: new ServerOptions
        {
            Urls = "http://127.0.0.1:0;https://127.0.0.1:0;http://127.0.0.1:0",
        });
        var addresses = server.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features
            .Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses.ToList();
        using var client = TlsTestServer.Trusting(server);

        foreach (var address in addresses)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address + "/healthz");
            using var answer = await client.SendAsync(request, Cancellation);
            Assert.Equal("ok", await answer.Content.ReadAsStringAsync(Cancellation));
        }

        Assert.Single(addresses, a => a.StartsWith("https", StringComparison.Ordinal));
    }

    private static async Task<NetworkStream> ConnectAsync(TestServer server, byte[] bytes)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, Cancellation);
        var client = new NetworkStream(socket, ownsSocket: true);
        await client.WriteAsync(bytes, Cancellation);
        return client;
    }

    private static async Task<int> ReadToEndAsync(NetworkStream client)
    {
        using var limit = new CancellationTokenSource(Guard);
        var (buffer, count) = (new byte[16 * 1024], 0);
        try
        {
            while (await client.ReadAsync(buffer, limit.Token) is > 0 and var read)
            {
                count += read;
            }
        }
        catch (IOException)
        {
            // Cut, which is an end, too.
        }

        return count;
    }

    private static async Task AssertServesAsync(TestServer server)
    {
        using var client = TlsTestServer.Trusting(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/healthz"));
        using var answer = await client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
