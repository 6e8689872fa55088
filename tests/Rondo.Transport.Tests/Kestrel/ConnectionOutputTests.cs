using System.Buffers;
using System.IO.Pipelines;
using Rondo.Transport.Native;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Kestrel;

/// <summary>
/// The writing end over a real socket, with blocks of 64 bytes; flushes are awaited as tasks. In real time.
/// </summary>
public sealed class ConnectionOutputTests
{
    private const int Limit = 60_000;
    private const int Much = 8 << 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Flush_OfManyBlocks_SendsThemInOrder()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var output = pair.Connection.Transport.Output;
        var sent = Pattern(10_000);
        foreach (var part in sent.Chunk(77))
        {
            output.Write(part);
        }

        Assert.Equal(10_000, output.UnflushedBytes);
        var result = await output.FlushAsync(Token).AsTask();
        Assert.False(result.IsCompleted || result.IsCanceled);
        Assert.Equal(0, output.UnflushedBytes);
        Assert.Equal(sent, await ReceiveAsync(pair.Peer, sent.Length));
    }

    [Fact(Timeout = Limit)]
    public async Task GetMemory_ForMoreThanABlock_GivesIt()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var output = pair.Connection.Transport.Output;
        output.Write("ab"u8);
        var large = output.GetMemory(1000);
        Assert.InRange(large.Length, 1000, int.MaxValue);
        "cd"u8.CopyTo(large.Span);
        output.Advance(2);
        await output.FlushAsync(Token).AsTask();

        Assert.Equal("abcd"u8.ToArray(), await ReceiveAsync(pair.Peer, 4));
    }

    [Fact(Timeout = Limit)]
    public async Task Advance_ByMoreThanWasGiven_IsRefused()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var output = pair.Connection.Transport.Output;

        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(1));
        var given = output.GetMemory();
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(given.Length + 1));
    }

    [Fact(Timeout = Limit)]
    public async Task Write_WhileAFlushIsUnderWay_FollowsIt()
    {
        await using var pair = await ConnectionPair.MakeAsync(blockSize: 4096);
        var output = pair.Connection.Transport.Output;
        var first = Pattern(Much);
        output.Write(first);
        var flush = output.FlushAsync(Token).AsTask();
        Assert.False(flush.IsCompleted);
        output.Write("tail"u8);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await output.FlushAsync(Token).AsTask());
        Assert.Equal(4, output.UnflushedBytes);
        var receiving = ReceiveAsync(pair.Peer, Much + 4);
        await flush;
        await output.FlushAsync(Token).AsTask();

        var received = await receiving;
        Assert.Equal(first, received[..Much]);
        Assert.Equal("tail"u8, received.AsSpan(Much));
    }

    [Fact(Timeout = Limit)]
    public async Task Flush_WhileTheLoopIsAboutToEndTheOneBefore_KeepsTheOrder()
    {
        var calls = new FaultyCalls();
        await using var pair = await ConnectionPair.MakeAsync(calls: calls);
        var output = pair.Connection.Transport.Output;
        await LeaveWithTheLoopAsync("a"u8.ToArray(), output, calls);
        await pair.OnLoopAsync(async () =>
        {
            calls.Heal();
            pair.Connection.Socket.WakeSender();
            output.Write("b"u8);
            await output.FlushAsync(Token);
            output.Write("c"u8);
            await output.FlushAsync(Token);
        });

        Assert.Equal("abc"u8.ToArray(), await ReceiveAsync(pair.Peer, 3));
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_WhileTheLoopIsAboutToEndAFlush_SendsWhatIsBehindIt()
    {
        var calls = new FaultyCalls();
        await using var pair = await ConnectionPair.MakeAsync(calls: calls);
        var output = pair.Connection.Transport.Output;
        await LeaveWithTheLoopAsync("a"u8.ToArray(), output, calls);
        var disposed = Task.CompletedTask;
        await pair.OnLoopAsync(() =>
        {
            calls.Heal();
            output.Write("b"u8);
            disposed = pair.Connection.DisposeAsync().AsTask();
            pair.Connection.Socket.WakeSender();
        });
        await disposed;

        Assert.Equal("ab"u8.ToArray(), await ReceiveAsync(pair.Peer, 2));
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_AgainAndAgain_LosesNoByteAndNoBlock()
    {
        await using var pair = await ConnectionPair.MakeAsync(blockSize: 4096);
        var output = pair.Connection.Transport.Output;
        var sent = Pattern(Much * 2);
        var receiving = ReceiveAsync(pair.Peer, sent.Length);
        var random = new Random(1);
        var cancelled = 0;
        for (var at = 0; at < sent.Length;)
        {
            var count = Math.Min(random.Next(1, 300_000), sent.Length - at);
            output.Write(sent.AsSpan(at, count));
            at += count;
            using var cancel = new CancellationTokenSource();
            var flush = output.FlushAsync(cancel.Token).AsTask();
            if (random.Next(2) == 0)
            {
                output.CancelPendingFlush();
            }
            else
            {
                await cancel.CancelAsync();
            }

            try
            {
                cancelled += (await flush).IsCanceled ? 1 : 0;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
        }

        await output.CompleteAsync();
        Assert.Equal(sent, await receiving);
        Assert.NotEqual(0, cancelled);
    }

    [Fact(Timeout = Limit)]
    public async Task Cancel_ByTokenOfAFlushThatHasEnded_DoesNothing()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var output = pair.Connection.Transport.Output;
        using var cancel = new CancellationTokenSource();
        output.Write("a"u8);
        await output.FlushAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        output.Write("b"u8);

        Assert.False((await output.FlushAsync(Token).AsTask()).IsCanceled);
    }

    [Fact(Timeout = Limit)]
    public async Task Complete_WithAnError_DropsWhatIsUnsent()
    {
        await using var pair = await ConnectionPair.MakeAsync();
        var output = pair.Connection.Transport.Output;
        output.Write(Pattern(1000));
        await output.CompleteAsync(new InvalidOperationException("on purpose"));

        Assert.Equal(0, pair.Pool.Rented);
        Assert.Throws<InvalidOperationException>(() => output.GetMemory());
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_WhileTheKernelIsFull_SendsEverythingFirst()
    {
        await using var pair = await ConnectionPair.MakeAsync(blockSize: 4096);
        var sent = Pattern(Much);
        pair.Connection.Transport.Output.Write(sent);
        var dispose = pair.Connection.DisposeAsync();
        Assert.False(dispose.IsCompleted);

        Assert.Equal(sent, await ReceiveAsync(pair.Peer, Much));
        await dispose;
        Assert.Equal(0, await pair.Peer.ReceiveAsync(new byte[1], Token));
    }

    [Fact(Timeout = Limit)]
    public async Task Flush_OnTheLoopToAFastReader_LetsOthersHaveATurn()
    {
        await using var pair = await ConnectionPair.MakeAsync(blockSize: 4096);
        var receiving = ReceiveAsync(pair.Peer, 100 << 20);
        await pair.OnLoopAsync(async () =>
        {
            var output = pair.Connection.Transport.Output;
            var others = 0;
            pair.Thread.Loop.CallSoon(() => others++);
            var block = new byte[1000];
            for (var written = 0; written < 3 << 20 && others == 0; written += block.Length)
            {
                output.Write(block);
                await output.FlushAsync(Token).AsTask();
            }

            Assert.Equal(1, others);
        });
        pair.Connection.Abort(new ConnectionAbortedException("enough"));
        await Assert.ThrowsAsync<SocketException>(() => receiving);
    }

    [Fact(Timeout = Limit)]
    public async Task Send_Interrupted_IsTriedAgain()
    {
        var calls = new FaultyCalls();
        await using var pair = await ConnectionPair.MakeAsync(calls: calls);
        var output = pair.Connection.Transport.Output;
        calls.Fail("send", Errno.Interrupted, times: 5);
        output.Write("x"u8);
        await output.FlushAsync(Token).AsTask();

        Assert.Equal("x"u8.ToArray(), await ReceiveAsync(pair.Peer, 1));
    }

    [Theory(Timeout = Limit)]
    [InlineData(Errno.BrokenPipe)]
    [InlineData(Errno.ConnectionReset)]
    [InlineData(Errno.NoBuffers)]
    public async Task Send_ThatFails_EndsTheFlushAndResetsThePeer(int error)
    {
        var calls = new FaultyCalls();
        await using var pair = await ConnectionPair.MakeAsync(calls: calls);
        var output = pair.Connection.Transport.Output;
        calls.Fail("sendmsg", error);
        output.Write(Pattern(1000));

        Assert.True((await output.FlushAsync(Token).AsTask()).IsCompleted);
        await Wait.UntilAsync(() => pair.Connection.ConnectionClosed.IsCancellationRequested);
        await pair.Connection.DisposeAsync();
        await Assert.ThrowsAsync<SocketException>(() => ReceiveAsync(pair.Peer, 1));
    }

    [Fact(Timeout = Limit)]
    public async Task Abort_WhileAnotherThreadSends_ClosesTheDescriptorAfterwards()
    {
        var calls = new FaultyCalls();
        await using var pair = await ConnectionPair.MakeAsync(calls: calls);
        var output = pair.Connection.Transport.Output;
        using var inside = new SemaphoreSlim(0);
        using var leave = new ManualResetEventSlim();
        calls.WhileSending = () =>
        {
            inside.Release();
            leave.Wait();
        };
        output.Write("foreign"u8);
        var flush = Task.Run(() => output.FlushAsync(Token).AsTask(), Token);
        await inside.WaitAsync(Token);
        pair.Connection.Abort(new ConnectionAbortedException("enough"));

        // Were it closed now, the next connection would get its number, and these bytes.
        await Task.Delay(100, Token);
        Assert.Equal(0, calls.Count("close"));
        leave.Set();
        await flush;
        await Wait.UntilAsync(() => calls.Count("close") == 1);
        output.Write("more"u8);
        Assert.True((await output.FlushAsync(Token).AsTask()).IsCompleted);
    }

    private static byte[] Pattern(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    // A flush that was cancelled, since the kernel takes nothing.
    private static async Task LeaveWithTheLoopAsync(byte[] bytes, PipeWriter output, FaultyCalls calls)
    {
        calls.Fail("send", Errno.Again, times: int.MaxValue);
        output.Write(bytes);
        var flush = output.FlushAsync(Token).AsTask();
        output.CancelPendingFlush();
        Assert.True((await flush).IsCanceled);
    }

    private static async Task<byte[]> ReceiveAsync(Socket peer, int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var received = await peer.ReceiveAsync(bytes.AsMemory(at), SocketFlags.None, Token);
            Assert.NotEqual(0, received);
            at += received;
        }

        return bytes;
    }
}
