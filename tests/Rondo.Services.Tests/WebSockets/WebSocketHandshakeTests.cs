using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.WebSockets;

public sealed class WebSocketHandshakeTests
{
    [Theory]
    [InlineData("", 101, null)]
    [InlineData("Origin: http://rondo", 101, null)]
    [InlineData("Origin: https://RONDO", 101, null)]
    [InlineData("Origin: http://friend.example", 101, null)]
    [InlineData("Origin: http://evil.example", 403, "foreign-origin")]
    [InlineData("Origin: http://rondo.evil.example", 403, "foreign-origin")]
    [InlineData("Origin: http://rondo:81", 403, "foreign-origin")]
    [InlineData("Origin: null", 403, "foreign-origin")]
    [InlineData("Origin: file://rondo", 403, "foreign-origin")]
    public async Task Handshake_Origin_MustBeOneOfOurs(string header, int status, string? problem)
    {
        await using var server = await TestServer.StartAsync(
            settings: """{"Chat":{"AllowedOrigins":["http://friend.example"]}}""");
        foreach (var path in new[] { "/chat/ws", "/chatsocket" })
        {
            Assert.Equal(
                (status, problem), await AskAsync(server, RawWebSocket.Handshake(path, header.Length == 0 ? [] : [header])));
        }
    }

    [Fact]
    public async Task Handshake_Wrong_SaysWhatIsMissing()
    {
        await using var server = await TestServer.StartAsync();
        var good = RawWebSocket.Handshake("/chat/ws");

        Assert.Equal((426, "upgrade-required"), await AskAsync(server, good.Replace("Upgrade: websocket\r\n", "")));
        Assert.Equal((426, "upgrade-required"), await AskAsync(server, good.Replace("Upgrade: websocket", "Upgrade: h2c")));
        Assert.Equal((426, "upgrade-required"), await AskAsync(server, good.Replace("Version: 13", "Version: 8")));
        Assert.Equal((426, "upgrade-required"), await AskAsync(server, good.Replace("Sec-WebSocket-Version: 13\r\n", "")));
        Assert.Equal((400, "refused-request"), await AskAsync(server, good.Replace("dGhlIHNhbXBsZSBub25jZQ==", "short")));
        Assert.Equal((400, "refused-request"), await AskAsync(server, good.Replace("Key: dGhl", "Key: *GhL")));
        Assert.Equal((405, "method-not-allowed"), await AskAsync(server, good.Replace("GET", "POST")));

        var answer = await RawHttp.SendAsync(
            server.Address, Closing(good.Replace("Version: 13", "Version: 8")));
        Assert.Equal("13", answer.Headers["Sec-WebSocket-Version"]);
    }

    private static async Task<(int Status, string? Problem)> AskAsync(TestServer server, string handshake)
    {
        var end = handshake[..^2] + "X-End: 1\r\n\r\n";
        using var client = new System.Net.Sockets.TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await client.ConnectAsync(server.Address.Host, server.Address.Port, limit.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(end), limit.Token);
        var buffer = new byte[8192];
        var text = "";
        while (!text.Contains("\r\n\r\n", StringComparison.Ordinal)
            || (!text.Contains(" 101 ", StringComparison.Ordinal) && !text.Contains("request_id", StringComparison.Ordinal)))
        {
            var read = await stream.ReadAsync(buffer, limit.Token);
            Assert.NotEqual(0, read);
            text += System.Text.Encoding.UTF8.GetString(buffer, 0, read);
        }

        var problem = text.IndexOf("/problems/", StringComparison.Ordinal);
        return (
            int.Parse(text.Split(' ')[1], null),
            problem < 0 ? null : text[(problem + "/problems/".Length)..text.IndexOf('"', problem)]);
    }

    private static string Closing(string request) => request.Replace("Connection: Upgrade", "Connection: Upgrade, close");
}
