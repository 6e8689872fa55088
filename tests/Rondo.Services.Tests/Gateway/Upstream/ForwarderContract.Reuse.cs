using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <content>Which connections are used again, and what happens when one of them dies.</content>
public abstract partial class ForwarderContract
{
    [Theory]
    [InlineData(Hi, true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", true)]
    [InlineData("HTTP/1.1 204 None\r\n\r\n", true)]
    [InlineData("HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", false)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 2\r\n\r\nhi", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi!", false)]
    public async Task Connection_IsUsedAgain_IfTheAnswerEndedByItsFraming(string answer, bool isKept)
    {
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            while (await peer.ReadHeadAsync() is not null)
            {
                await peer.WriteAsync(answer);
            }
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        for (var round = 0; round < 3; round++)
        {
            await client.GetAsync();
            await client.UntilAsync(answer.Contains("hi", StringComparison.Ordinal) ? "hi" : "\r\n\r\n");
            if (answer.Contains("chunked", StringComparison.Ordinal))
            {
                await client.UntilAsync("0\r\n\r\n");
            }

            await rig.ResultAsync();
        }

        // The platform's client thinks better of HTTP/1.0 than it does of itself.
        isKept |= IsPlatforms && answer.StartsWith("HTTP/1.0", StringComparison.Ordinal);
        Assert.Equal(isKept ? 1 : 3, upstream.Accepted);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task IdleConnection_ThatTheUpstreamHasEnded_IsNotUsed(string method)
    {
        Assert.SkipWhen(
            IsAside, "The connections are of another loop: it may not have seen the end when a request comes.");
        var ended = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync(Hi);
            peer.End();
            ended.Release();
            await peer.IsResetAsync();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        for (var round = 0; round < 4; round++)
        {
            await client.GetAsync(method: method, more: method == "POST" ? "Content-Length: 0\r\n" : "");
            Assert.Equal("hi", (await client.AnswerAsync()).Body);
            await ended.PassAsync();
            Assert.Equal(ForwardOutcome.Completed, (await rig.ResultAsync()).Outcome);
            await SettleAsync(rig);
        }

        Assert.Equal(4, upstream.Accepted);
    }

    [Fact]
    public async Task IdleConnection_OnWhichAByteHasCome_IsNotUsed()
    {
        Assert.SkipWhen(
            IsAside, "The connections are of another loop: it may not have seen the bytes when a request comes.");
        var said = new SemaphoreSlim(0);
        var first = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{peer.Number}");
            if (peer.Number == 1)
            {
                await first.PassAsync();
                await peer.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother");
                said.Release();
            }

            await peer.IsResetAsync();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync();
        Assert.Equal("1", (await client.AnswerAsync()).Body);
        await rig.ResultAsync();
        first.Release();
        await said.PassAsync();
        await SettleAsync(rig);
        await client.GetAsync();

        Assert.Equal("2", (await client.AnswerAsync()).Body);
    }

    [Theory]
    [InlineData("GET", "", true)]
    [InlineData("HEAD", "", true)]
    [InlineData("OPTIONS", "", true)]
    [InlineData("DELETE", "", true)]
    [InlineData("PUT", "body", true)]
    [InlineData("POST", "body", false)]
    [InlineData("PATCH", "body", false)]
    public async Task KeptConnection_ThatDiesBeforeAnyByte_IsReplacedForMethodsThatMayBeRepeated(
        string method, string body, bool isRepeated)
    {
        var bodies = new List<string>();
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync(peer.Number == 1 ? Hi : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            await peer.ReadHeadAsync();
            if (peer.Number == 1)
            {
                await peer.ReadAsync(body.Length);
                peer.Reset();
            }
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.GetAsync();
        await client.AnswerAsync();
        await rig.ResultAsync();

        var length = body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "";
        await client.SendAsync($"{method} / HTTP/1.1\r\nHost: a\r\n{length}\r\n{body}");

        var head = await client.UntilAsync("\r\n\r\n");
        var result = await rig.ResultAsync();

        // The platform's client repeats after an orderly end alone.
        isRepeated &= !IsPlatforms;
        Assert.Equal(
            isRepeated ? (ForwardOutcome.Completed, 2) : (ForwardOutcome.ConnectionLost, 1),
            (result.Outcome, upstream.Accepted));
        Assert.StartsWith(isRepeated ? "HTTP/1.1 200" : "HTTP/1.1 502", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeptConnection_ThatDiesInTheAnswer_IsNotReplaced()
    {
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync(Hi);
            await peer.ReadHeadAsync();
            await peer.WriteAsync("HTTP/1.1 2");
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.GetAsync();
        await client.AnswerAsync();
        await rig.ResultAsync();

        await client.GetAsync();

        Assert.StartsWith("HTTP/1.1 502", await client.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(
            (ForwardOutcome.ConnectionLost, 1), ((await rig.ResultAsync()).Outcome, upstream.Accepted));
    }

    [Fact]
    public async Task FreshConnection_ThatDiesBeforeAnyByte_IsNotRepeated()
    {
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            peer.Reset();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync();

        Assert.StartsWith("HTTP/1.1 502", await client.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(
            (ForwardOutcome.ConnectionLost, 1), ((await rig.ResultAsync()).Outcome, upstream.Accepted));
    }

    // A request to nobody makes the loops turn: what has come by then is known.
    private static async Task SettleAsync(ForwarderRig rig)
    {
        for (var n = 0; n < 4; n++)
        {
            using var client = await RawClient.ConnectAsync(rig.Address);
            client.End();
            await client.ToEndAsync();
        }
    }
}
