using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>
/// What our own side does besides. The platform's client hands no answer of HTTP/1.1 on before the body is sent.
/// </summary>
public abstract class LoopForwarderContract : ForwarderContract
{
    [Fact]
    public async Task Answer_BeforeTheBodyIsSent_ReachesTheClient()
    {
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync("HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno");
            await peer.IsResetAsync();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n");
        await client.SendAsync(new byte[100_000]);

        var (head, body) = await client.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 413", head, StringComparison.Ordinal);
        Assert.Equal("no", body);
        var result = await rig.ResultAsync();
        Assert.Equal((ForwardOutcome.Completed, 413), (result.Outcome, result.Status));
    }

    [Fact]
    public async Task Bodies_OfBothDirections_FlowAtTheSameTime()
    {
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n");
            for (var n = 0; n < 10; n++)
            {
                await peer.WriteAsync(await peer.ReadAsync(4));
            }
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n");
        for (var n = 0; n < 10; n++)
        {
            await client.SendAsync($"<{n:d2}>");
            await client.UntilAsync($"<{n:d2}>");
        }

        Assert.Equal(ForwardOutcome.Completed, (await rig.ResultAsync()).Outcome);
    }

    [Fact]
    public async Task Discarded_AnswerToASmallBody_LeavesItForAnother()
    {
        var bodies = new List<string>();
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            foreach (var status in new[] { 503, 200 })
            {
                await peer.ReadHeadAsync();
                bodies.Add(System.Text.Encoding.ASCII.GetString(await peer.ReadAsync(4)));
                await peer.WriteAsync($"HTTP/1.1 {status} A\r\nContent-Length: 2\r\n\r\nhi");
            }
        });
        await using var rig = await StartAsync(upstream.Address);
        (rig.Discards, rig.TriesAgain) = (status => status == 503, true);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");

        Assert.Equal("hi", (await client.AnswerAsync()).Body);
        Assert.Equal(["body", "body"], bodies);
        var result = await rig.ResultAsync();
        Assert.Equal((ForwardOutcome.Completed, true), (result.Outcome, result.IsBodyTouched));
        Assert.Equal(1, upstream.Accepted);
    }
}
