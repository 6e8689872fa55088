using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Services.Tests.Gateway.Upstream;
using Rondo.Services.Tests.Registry;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway;

/// <summary>Services that speak HTTP/2, by the word of a route or of an instance.</summary>
public sealed class Http2UpstreamTests
{
    [Theory]
    [InlineData("", "h2")]
    [InlineData(""","tags":["h2"]""", "http/1.1")]
    public async Task Service_OfHttp2_IsServedWhereTheRouteOrTheInstanceSaysSo(string registered, string asked)
    {
        await using var upstream = await EchoServer.StartAsync(HttpProtocols.Http2);
        await using var server = await TestServer.StartAsync();
        var admin = await StartAsync(server, upstream, registered);
        await RouteAsync(server, admin, asked);

        for (var round = 0; round < 3; round++)
        {
            var (answer, body) = await server.SendAsync(
                "POST", "/echo/x", RegistryCalls.Json("[1,2]"), Keys.Bearer(admin), "X-Id: 7");
            Assert.Equal(
                (HttpStatusCode.OK, "[1,2]", "7"), (answer.StatusCode, body, answer.Headers.GetValues("X-Id").Single()));
        }

        Assert.Equal("h2", await SpokenAsync(server, admin));
    }

    [Fact]
    public async Task Service_OfHttp2ThatNobodyHasNamedSo_GetsHttp1()
    {
        await using var upstream = await EchoServer.StartAsync(HttpProtocols.Http2);
        await using var server = await TestServer.StartAsync();
        var admin = await StartAsync(server, upstream, "");
        await RouteAsync(server, admin, "http/1.1");

        var (answer, _) = await server.GetAsync("/echo/x", Keys.Bearer(admin));

        // The service's own answer.
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("http/1.1", await SpokenAsync(server, admin));
    }

    [Fact]
    public async Task Service_OfHttp1ThatIsNamedHttp2_Is502()
    {
        await using var upstream = await EchoServer.StartAsync();
        await using var server = await TestServer.StartAsync();
        var admin = await StartAsync(server, upstream, ""","tags":["h2"]""");
        await RouteAsync(server, admin, "http/1.1");

        var (answer, _) = await server.GetAsync("/echo/x", Keys.Bearer(admin));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Fact]
    public async Task WebSocket_ToAServiceOfHttp2_IsCarried()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var upstream = await EchoServer.StartAsync(HttpProtocols.Http2);
        await using var server = await TestServer.StartAsync();
        var admin = await StartAsync(server, upstream, ""","tags":["h2"],"routes":["/echo/**"]""");
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + admin);
        var address = new UriBuilder(server.Address) { Scheme = "ws", Path = "/echo/ws" }.Uri;
        await socket.ConnectAsync(address, limit.Token);
        var buffer = new byte[100];

        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, limit.Token);
        var answer = await socket.ReceiveAsync(buffer, limit.Token);

        Assert.Equal("hello"u8.ToArray(), buffer[..answer.Count]);
    }

    private static async Task<string> StartAsync(TestServer server, EchoServer upstream, string registered)
    {
        var admin = server.CreateAdminKey();
        await new RegistryCalls(server, admin).RegisterAsync(
            "echo", "e1", registered, upstream.Address.GetLeftPart(UriPartial.Authority));
        return admin;
    }

    private static async Task RouteAsync(TestServer server, string admin, string protocol)
    {
        var (answer, body) = await server.SendAsync(
            "PUT", "/gateway/routes/echo",
            RegistryCalls.Json($$"""{"match":{"path":"/echo/**"},"service":"echo","protocol":"{{protocol}}"}"""),
            Keys.Bearer(admin));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(protocol, JsonNode.Parse(body)!.Text("protocol"));
    }

    private static async Task<string> SpokenAsync(TestServer server, string admin)
    {
        var (_, body) = await server.SendAsync(
            "POST", "/gateway/explain",
            RegistryCalls.Json($$$"""{"url":"/echo/x","headers":{"Authorization":"Bearer {{{admin}}}"}}"""),
            Keys.Bearer(admin));
        return JsonNode.Parse(body)!["sent"]!.Text("protocol");
    }
}
