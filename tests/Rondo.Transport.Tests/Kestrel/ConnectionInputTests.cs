using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Kestrel;

/// <summary>
/// The reading end over a real socket, with blocks of 64 bytes. A bare read comes back on the loop; tests await it as a
/// task, so that they do not end up there.
/// </summary>
public sealed class ConnectionInputTests
{
    private const int Limit = 60_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Advance_OverSeveralBlocks_GivesBackWhatIsConsumed()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var input = pair.Connection.Input;
        var sent = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(n => $"{n:00} ")));
        await pair.Peer.SendAsync(sent, Token);
        var result = await ReadAtLeastAsync(input, 300);
        Assert.Equal(sent, result.Buffer.ToArray());
        Assert.InRange(pair.Pool.Rented, 5, 6);

        // In the middle of the third block.
        input.AdvanceTo(result.Buffer.GetPosition(150));
        Assert.InRange(pair.Pool.Rented, 3, 5);
        Assert.True(input.TryRead(out result));
        Assert.Equal(sent[150..], result.Buffer.ToArray());

        // At the edge of a block.
        input.AdvanceTo(result.Buffer.GetPosition(42));
        Assert.True(input.TryRead(out result));
        Assert.Equal(sent[192..], result.Buffer.ToArray());
        input.AdvanceTo(result.Buffer.End);
        Assert.False(input.TryRead(out _));
    }

    [Fact(Timeout = Limit)]
    public async Task Idle_Connection_HoldsNoBlock()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var input = pair.Connection.Input;
        for (var i = 0; i < 3; i++)
        {
            var read = input.ReadAsync(Token).AsTask();
            await pair.Peer.SendAsync("some"u8.ToArray(), Token);
            input.AdvanceTo((await read).Buffer.End);
        }

        var waiting = input.ReadAsync(Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await pair.OnLoopAsync(pair.Blocks.Trim);
        Assert.Equal(0, pair.Pool.Rented);
        await pair.Peer.SendAsync("x"u8.ToArray(), Token);
        input.AdvanceTo((await waiting).Buffer.End);
    }

    [Fact(Timeout = Limit)]
    public async Task Read_FromAnotherThread_GoesOnOnTheLoop()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var input = pair.Connection.Input;
        for (var i = 0; i < 200; i++)
        {
            await pair.Peer.SendAsync("x"u8.ToArray(), Token);
            await Task.Run(
                async () =>
                {
                    var result = await input.ReadAsync(Token);
                    Assert.Same(pair.Thread.Loop, EventLoop.Running);
                    input.AdvanceTo(result.Buffer.End);
                },
                Token);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Read_ThatIsAlwaysServed_LetsOthersHaveATurn()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        await pair.Peer.SendAsync(new byte[64 * 100], Token);
        await Wait.UntilAsync(() => pair.Peer.Available == 0);
        await pair.OnLoopAsync(async () =>
        {
            var input = pair.Connection.Input;
            var others = 0;
            pair.Thread.Loop.CallSoon(() => others++);
            var reads = 0;
            while (others == 0)
            {
                var result = await input.ReadAsync(Token).AsTask();
                input.AdvanceTo(result.Buffer.End);
                reads++;
            }

            Assert.InRange(reads, 1, 20);
        });
    }

    [Fact(Timeout = Limit)]
    public async Task Read_OfWhatIsExamined_WaitsForMore()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var input = pair.Connection.Input;
        await pair.Peer.SendAsync("GET"u8.ToArray(), Token);
        var first = await input.ReadAsync(Token).AsTask();
        input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        Assert.False(input.TryRead(out _));
        var waiting = input.ReadAsync(Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await pair.Peer.SendAsync(" /"u8.ToArray(), Token);

        var second = await ReadAtLeastAsync(input, 5, waiting);
        Assert.Equal("GET /", Encoding.ASCII.GetString(second.Buffer));
        input.AdvanceTo(second.Buffer.End);
    }

    [Fact(Timeout = Limit)]
    public async Task Complete_WithUnreadBytes_GivesTheBlocksBackAndRefusesReads()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var input = pair.Connection.Input;
        await pair.Peer.SendAsync(new byte[300], Token);
        var result = await ReadAtLeastAsync(input, 300);
        input.AdvanceTo(result.Buffer.Start);
        await input.CompleteAsync();
        await input.CompleteAsync();
        await pair.OnLoopAsync(pair.Blocks.Trim);

        Assert.Equal(0, pair.Pool.Rented);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await input.ReadAsync(Token).AsTask());
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_WhileAReadWaits_EndsTheRead()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var read = pair.Connection.Input.ReadAsync(Token).AsTask();
        await pair.Connection.DisposeAsync();

        Assert.True((await read).IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task LoopEnd_WhileAReadWaits_FailsTheReadAndThoseAfter()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var read = pair.Connection.Input.ReadAsync(Token).AsTask();
        Assert.True(await pair.Thread.StopAsync(TimeSpan.FromSeconds(5)));

        await Assert.ThrowsAsync<ConnectionAbortedException>(() => read);
        await Assert.ThrowsAsync<ConnectionAbortedException>(
            async () => await pair.Connection.Input.ReadAsync(Token).AsTask());
        Assert.True(pair.Connection.Socket.IsClosed);
    }

    [Fact(Timeout = Limit)]
    public async Task Receive_Interrupted_IsTriedAgain()
    {
        var calls = new FaultyCalls();
        await using var pair = await ConnectionPair.MakeAsync(calls: calls);
        calls.Fail("recv", Errno.Interrupted, times: 5);
        await pair.Peer.SendAsync("x"u8.ToArray(), Token);
        var result = await pair.Connection.Input.ReadAsync(Token).AsTask();

        Assert.Equal(1, result.Buffer.Length);
        pair.Connection.Input.AdvanceTo(result.Buffer.End);
    }

    [Theory(Timeout = Limit)]
    [InlineData(Errno.ConnectionReset, typeof(ConnectionResetException))]
    [InlineData(Errno.TimedOut, typeof(ConnectionResetException))]
    [InlineData(Errno.NoMemory, typeof(NativeException))]
    public async Task Receive_ThatFails_FailsTheReadAndClosesTheConnection(int error, Type expected)
    {
        var calls = new FaultyCalls();
        await using var pair = await ConnectionPair.MakeAsync(calls: calls);
        calls.Fail("recv", error);
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            async () => await pair.Connection.Input.ReadAsync(Token).AsTask());

        Assert.IsType(expected, failure);
        await Wait.UntilAsync(() => pair.Connection.ConnectionClosed.IsCancellationRequested);
    }

    private static async Task<ReadResult> ReadAtLeastAsync(
        PipeReader input, int count, Task<ReadResult>? begun = null)
    {
        while (true)
        {
            var result = await (begun ?? input.ReadAsync(Token).AsTask());
            begun = null;
            if (result.Buffer.Length >= count)
            {
                return result;
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
