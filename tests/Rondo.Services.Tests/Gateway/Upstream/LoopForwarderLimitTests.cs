using System.Net;
using System.Net.Sockets;
using Rondo.Services.Gateway.Upstream;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>The limits of our own side, by a clock that the test moves.</summary>
public sealed class LoopForwarderLimitTests
{
    private const string Hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly ManualTime _time = new(TestServer.Friday);

    [Fact]
    public async Task FirstByte_ThatIsLate_Is504AndEndsTheUpstreamsWork()
    {
        var asked = new SemaphoreSlim(0);
        var reset = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 20");
            asked.Release();
            reset.SetResult(await peer.IsResetAsync());
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.GetAsync();
        await asked.PassAsync();

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, rig.Connections);
        _time.Advance(TimeSpan.FromSeconds(0.3));

        Assert.Contains("FirstByteTimeout", await client.UntilEndOrAsync("FirstByteTimeout"), StringComparison.Ordinal);
        Assert.Equal(ForwardOutcome.FirstByteTimeout, (await rig.ResultAsync()).Outcome);
        Assert.True(await reset.Task.WaitAsync(Guard, TestContext.Current.CancellationToken));
        Assert.Equal(0, rig.Connections);
    }

    [Fact]
    public async Task Body_ThatIsSentSlowly_DoesNotCountForTheFirstByte()
    {
        var next = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync("HTTP/1.1 102 Processing\r\n\r\n");
            for (var n = 0; n < 10; n++)
            {
                await peer.ReadAsync(1);
                _time.Advance(TimeSpan.FromSeconds(4));
                next.Release();
            }

            await peer.WriteAsync(Hi);
            await peer.ReadHeadAsync();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
        for (var n = 0; n < 10; n++)
        {
            await client.SendAsync("x");
            await next.PassAsync();
        }

        Assert.Equal("hi", (await client.AnswerAsync()).Body);
    }

    [Theory]
    [InlineData("Content-Length: 9\r\n\r\nhi")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")]
    [InlineData("\r\nhi")]
    public async Task Answer_ThatStops_CutsTheClient(string rest)
    {
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync("HTTP/1.1 200 OK\r\n" + rest);
            await peer.IsResetAsync();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.GetAsync();
        await client.UntilAsync("hi");

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, rig.Connections);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(ForwardOutcome.IdleTimeout, (await rig.ResultAsync()).Outcome);
        Assert.DoesNotContain("0\r\n\r\n", await client.ToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(0, rig.Connections);
    }

    [Fact]
    public async Task Client_ThatStopsItsBody_IsIdleInTheEnd()
    {
        var began = new SemaphoreSlim(0);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.ReadAsync(1);
            began.Release();
            await peer.IsResetAsync();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx");
        await began.PassAsync();

        await AdvanceUntilAsync(rig, TimeSpan.FromSeconds(10));

        Assert.Equal(ForwardOutcome.IdleTimeout, (await rig.ResultAsync()).Outcome);
        Assert.StartsWith("HTTP/1.1 504", await client.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatReadsNothing_IsIdleInTheEnd()
    {
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync("HTTP/1.1 200 OK\r\n\r\n");
            while (true)
            {
                await peer.WriteAsync(new byte[100_000]);
            }
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address, receiveBuffer: 16 * 1024);
        await client.GetAsync();
        await client.UntilAsync("\r\n\r\n");

        await AdvanceUntilAsync(rig, TimeSpan.FromSeconds(10));

        Assert.Equal(ForwardOutcome.IdleTimeout, (await rig.ResultAsync()).Outcome);
    }

    [Fact]
    public async Task KeptConnection_IsClosedAfterItsRest()
    {
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync(Hi);
            ended.SetResult(await peer.IsResetAsync());
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.GetAsync();
        await client.AnswerAsync();
        await rig.ResultAsync();

        _time.Advance(UpstreamPool.Rest - TimeSpan.FromSeconds(1));
        Assert.Equal(1, rig.Connections);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(0, rig.Connections);
        Assert.False(await ended.Task.WaitAsync(Guard, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task UpgradedConnection_WithoutAByte_IsCut()
    {
        await using var upstream = ScriptedUpstream.Start(async peer =>
        {
            await peer.ReadHeadAsync();
            await peer.WriteAsync(
                "HTTP/1.1 101 Yes\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello");
            await peer.IsResetAsync();
        });
        await using var rig = await StartAsync(upstream.Address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.GetAsync(more: "Connection: Upgrade\r\nUpgrade: websocket\r\n");
        await client.UntilAsync("hello");

        await AdvanceUntilAsync(rig, TimeSpan.FromSeconds(10));

        Assert.Equal(ForwardOutcome.IdleTimeout, (await rig.ResultAsync()).Outcome);
        await client.ToEndAsync();
    }

    [Fact]
    public async Task Connect_ThatIsNotAnswered_Is504()
    {
        // A queue that is full drops what comes: nobody accepts, and two have filled it.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}");
        using var first = await RawClient.ConnectAsync(address);
        await using var rig = await StartAsync(address);
        using var client = await RawClient.ConnectAsync(rig.Address);
        await client.GetAsync();
        while (_time.Due.Count == 0)
        {
            await Task.Yield();
        }

        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(ForwardOutcome.ConnectTimeout, (await rig.ResultAsync()).Outcome);
        Assert.StartsWith("HTTP/1.1 504", await client.UntilAsync("\r\n\r\n"), StringComparison.Ordinal);
    }

    // The exchange may still be at work when its deadline is looked at, and set a new one.
    private async Task AdvanceUntilAsync(ForwarderRig rig, TimeSpan step)
    {
        using var limit = new CancellationTokenSource(Guard);
        while (rig.Connections > 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            _time.Advance(step);
            await Task.Yield();
        }
    }

    private async Task<ForwarderRig> StartAsync(Uri upstream)
    {
        var rig = await ForwarderRig.StartAsync(upstream, isOnLoops: true, _ => new LoopForwarder(_time));
        rig.Limits = ForwardLimits.Default;
        return rig;
    }
}
