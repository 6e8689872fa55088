using System.Net.WebSockets;
using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <content>Changes of protocol.</content>
public abstract partial class ForwarderContract
{
    private const string AskForWebSocket =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private const string Agree =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    [Fact]
    public async Task Upgrade_ThatBothWant_CarriesBytesBothWays()
    {
        string? head = null;
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            head = await peer.ReadHeadAsync();
            await peer.WriteAsync(Agree + "first");
            for (var n = 0; n < 50; n++)
            {
                await peer.WriteAsync(await peer.ReadAsync(1000));
            }
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync(more: AskForWebSocket);
        var answer = await client.UntilAsync("\r\n\r\n");
        await client.UntilAsync("first");
        for (var n = 0; n < 50; n++)
        {
            var text = new string((char)('a' + (n % 26)), 1000);
            await client.SendAsync(text);
            Assert.Equal(text, await client.ReadAsync(1000));
        }

        Assert.Equal("", await client.ToEndAsync());
        Assert.StartsWith("HTTP/1.1 101", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: Upgrade\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: websocket\r\n", head, StringComparison.Ordinal);
        var result = await rig.ResultAsync();
        Assert.Equal((ForwardOutcome.Completed, 101), (result.Outcome, result.Status));
    }

    [Fact]
    public async Task Upgrade_WhoseUpstreamEnds_GivesTheClientAllOfIt()
    {
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync(Agree + new string('x', 100_000) + "last");
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync(more: AskForWebSocket);
        await client.UntilAsync("\r\n\r\n");

        Assert.EndsWith("last", await client.ToEndAsync(), StringComparison.Ordinal);
        Assert.False(client.IsReset);
        Assert.Equal(ForwardOutcome.Completed, (await rig.ResultAsync()).Outcome);
    }

    [Fact]
    public async Task Upgrade_WhoseClientEnds_GivesTheUpstreamAllOfIt()
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync(Agree);
            seen.SetResult(await peer.ReadToEndAsync());
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync(more: AskForWebSocket);
        await client.UntilAsync("\r\n\r\n");
        await client.SendAsync(new string('x', 100_000) + "last");
        client.End();

        var text = await seen.Task.WaitAsync(Guard, TestContext.Current.CancellationToken);
        Assert.EndsWith("last", text, StringComparison.Ordinal);
        Assert.Equal(100_004, text.Length);
        await rig.ResultAsync();
    }

    [Theory]
    [InlineData("Connection: Upgrade\r\nUpgrade: h2c\r\n")]
    [InlineData("Upgrade: websocket\r\n")]
    [InlineData("Connection: Upgrade\r\n")]
    public async Task Upgrade_ThatIsNone_IsNotAskedFor(string lines)
    {
        string? head = null;
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            head = await peer.ReadHeadAsync();
            await peer.WriteAsync(Agree);
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync(more: lines);

        Assert.StartsWith("HTTP/1.1 502", await client.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("pgrade", head, StringComparison.Ordinal);
        Assert.Equal(ForwardOutcome.InvalidAnswer, (await rig.ResultAsync()).Outcome);
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Other\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n", 502)]
    [InlineData("HTTP/1.1 101 None\r\nConnection: Upgrade\r\n\r\n", 502)]
    [InlineData("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", 403)]
    public async Task Upgrade_ThatTheUpstreamAnswersOtherwise_IsNone(string answer, int status)
    {
        await using var upstream = ScriptedUpstream.Answering(answer);
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync(more: AskForWebSocket);

        Assert.StartsWith($"HTTP/1.1 {status}", await client.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebSockets_OfTheirLibraries_TalkThroughIt()
    {
        await using var upstream = await EchoServer.StartAsync();
        await using var rig = await StartAsync(upstream.Address);
        using var socket = new ClientWebSocket();
        var cancellation = TestContext.Current.CancellationToken;
        await socket.ConnectAsync(new UriBuilder(rig.Address) { Scheme = "ws", Path = "/ws" }.Uri, cancellation);
        var message = new byte[1024 * 1024];
        Random.Shared.NextBytes(message);
        var seen = new byte[message.Length];

        await socket.SendAsync(message, WebSocketMessageType.Binary, true, cancellation);
        for (var length = 0; length < seen.Length;)
        {
            length += (await socket.ReceiveAsync(seen.AsMemory(length), cancellation)).Count;
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", cancellation);

        Assert.Equal(message, seen);
        Assert.Equal("bye", socket.CloseStatusDescription);
        Assert.Equal(101, (await rig.ResultAsync()).Status);
    }
}
