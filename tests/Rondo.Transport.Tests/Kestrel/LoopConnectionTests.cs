using System.Diagnostics;
using System.Text;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Kestrel;

/// <summary>When a connection is over. In real time.</summary>
public sealed class LoopConnectionTests
{
    private const int Limit = 60_000;

    // Longer than a peer that has ended its side is given.
    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(400);

    // How long a peer is given to close.
    private static readonly TimeSpan s_lingering = TimeSpan.FromSeconds(1.9);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Closed_WhileTheRequestOfAPeerThatHasEndedIsUnread_IsNotTold()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        await pair.Peer.SendAsync("request"u8.ToArray(), Token);
        pair.Peer.Shutdown(SocketShutdown.Send);
        await Task.Delay(s_long, Token);
        Assert.False(pair.Connection.ConnectionClosed.IsCancellationRequested);

        var input = pair.Connection.Input;
        var request = await input.ReadAsync(Token).AsTask();
        Assert.Equal("request", Encoding.ASCII.GetString(request.Buffer));
        input.AdvanceTo(request.Buffer.End);
        Assert.True((await input.ReadAsync(Token).AsTask()).IsCompleted);
        await Wait.UntilAsync(() => pair.Connection.ConnectionClosed.IsCancellationRequested);
    }

    [Fact(Timeout = Limit)]
    public async Task Closed_WhenThePeerEndsAndNothingIsUnread_IsToldWithoutARead()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        pair.Peer.Shutdown(SocketShutdown.Send);

        await Wait.UntilAsync(() => pair.Connection.ConnectionClosed.IsCancellationRequested);
    }

    [Fact(Timeout = Limit)]
    public async Task Closed_WhenThePeerResets_IsToldWithoutARead()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        await pair.Peer.SendAsync("unread"u8.ToArray(), Token);
        pair.Peer.Close(timeout: 0);

        await Wait.UntilAsync(() => pair.Connection.ConnectionClosed.IsCancellationRequested);
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_WithAPeerThatNeverCloses_EndsAtOnceAndClosesSoon()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        await pair.Connection.DisposeAsync();
        Assert.Equal(0, await pair.Peer.ReceiveAsync(new byte[1], Token));
        Assert.Equal(1, pair.Thread.Poller.Count);

        await Wait.UntilAsync(() => pair.Thread.Poller.Count == 0);
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_WithAPeerThatCloses_ClosesAtOnce()
    {
        // On a machine that takes longer than the peer is given this proves nothing: then another one has to do.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await using var pair = await ConnectionPair.MakeAsync();
            await pair.Connection.DisposeAsync();
            var start = Stopwatch.GetTimestamp();
            pair.Peer.Close();
            await Wait.UntilAsync(() => pair.Thread.Poller.Count == 0);
            if (Stopwatch.GetElapsedTime(start) < s_lingering)
            {
                return;
            }
        }

        Assert.Fail("It has never closed before its time was over.");
    }

    [Fact(Timeout = Limit)]
    public async Task Abort_WithoutAReason_EndsWithoutAReset()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        pair.Connection.Abort(null);
        pair.Connection.Abort(new ConnectionAbortedException("late"));

        Assert.Equal(0, await pair.Peer.ReceiveAsync(new byte[1], Token));
        await Assert.ThrowsAsync<ConnectionAbortedException>(
            () => pair.Connection.Input.ReadAsync(Token).AsTask());
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_AfterTheLoopHasEnded_Ends()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        Assert.True(await pair.Thread.StopAsync(TimeSpan.FromSeconds(5)));
        pair.Connection.Abort(new ConnectionAbortedException("late"));
        await pair.Connection.DisposeAsync();
        await pair.Connection.DisposeAsync();

        Assert.True(pair.Connection.ConnectionClosed.CanBeCanceled);
    }
}
