using System.Net;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>The limit that we measure for YARP; the others are the platform's, by its own clock.</summary>
public sealed class YarpForwarderLimitTests
{
    [Theory]
    [InlineData("")]
    [InlineData("body")]
    public async Task FirstByte_ThatIsLate_Is504AndEndsTheUpstreamsWork(string body)
    {
        var time = new ManualTime(TestServer.Friday);
        var asked = new SemaphoreSlim(0);
        var ended = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.ReadAsync(body.Length);
            asked.Release();
            await peer.IsResetAsync();
            ended.Release();
        });
        await using var rig = await ForwarderRig.StartAsync(
            upstream.Address, isOnLoops: true,
            s => new YarpForwarder(ForwarderRig.YarpOf(s), time, HttpVersion.Version11));
        rig.Limits = rig.Limits with { FirstByte = TimeSpan.FromSeconds(5) };
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.SendAsync($"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await asked.PassAsync();
        while (time.Due.Count == 0)
        {
            await Task.Yield();
        }

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Contains("FirstByteTimeout", await client.UntilEndOrAsync("FirstByteTimeout"), StringComparison.Ordinal);
        Assert.Equal(ForwardOutcome.FirstByteTimeout, (await rig.ResultAsync()).Outcome);
        await ended.PassAsync();
    }
}
