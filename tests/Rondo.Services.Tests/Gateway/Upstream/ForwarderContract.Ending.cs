using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <content>Who ends an exchange early, and what is left then: nothing.</content>
public abstract partial class ForwarderContract
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Client_ThatLeaves_EndsTheUpstreamsWork(bool isInAnswer, bool byReset)
    {
        var began = new SemaphoreSlim(0);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            if (isInAnswer)
            {
                await peer.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhi");
            }

            began.Release();
            await peer.IsResetAsync();
            ended.SetResult();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.GetAsync();
        await began.PassAsync();
        if (isInAnswer)
        {
            await client.UntilAsync("hi");
        }

        if (byReset)
        {
            client.Reset();
        }
        else
        {
            client.Dispose();
        }

        await ended.Task.WaitAsync(Guard, TestContext.Current.CancellationToken);
        Assert.Equal(ForwardOutcome.ClientLeft, (await rig.ResultAsync()).Outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caller_ThatCancels_EndsTheUpstreamsWork(bool isInAnswer)
    {
        var began = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            if (isInAnswer)
            {
                await peer.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhi");
            }

            began.Release();
            await peer.IsResetAsync();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var cancellation = new CancellationTokenSource();
        rig.Cancellation = cancellation.Token;
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.GetAsync();
        await began.PassAsync();
        if (isInAnswer)
        {
            await client.UntilAsync("hi");
        }

        await cancellation.CancelAsync();

        Assert.Equal(ForwardOutcome.Cancelled, (await rig.ResultAsync()).Outcome);
        var rest = await client.UntilEndOrAsync("Cancelled");
        Assert.Equal(!isInAnswer, rest.Contains("Cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Caller_ThatHasCancelledBefore_GetsNoConnection()
    {
        await using var upstream = ScriptedUpstream.Answering(Hi);
        await using var rig = await StartAsync(upstream.Address);
        rig.Cancellation = new CancellationToken(canceled: true);
        using var client = await RawClient.ConnectAsync(rig.Address);

        await client.GetAsync();

        Assert.StartsWith("HTTP/1.1 503", await client.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(ForwardOutcome.Cancelled, (await rig.ResultAsync()).Outcome);
    }
}
