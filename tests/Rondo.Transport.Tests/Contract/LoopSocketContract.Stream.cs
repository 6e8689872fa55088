using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Rondo.Transport.Sockets;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Contract;

/// <content>Reading and writing.</content>
public abstract partial class LoopSocketContract
{
    [Fact]
    public async Task Stream_TenMegabytesBothWaysAtOnce_ArriveUnchanged()
    {
        using var server = new EchoServer();
        await using var stream = await Connector.ConnectAsync(server.EndPoint, Cancelled);
        var sent = RandomNumberGenerator.GetBytes(10 * 1024 * 1024);
        var received = new byte[sent.Length];

        var writing = stream.WriteAsync(sent, Cancelled).AsTask();
        await stream.ReadExactlyAsync(received, Cancelled).AsTask().WaitAsync(Limit, Cancelled);
        await writing.WaitAsync(Limit, Cancelled);

        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task Stream_UsedOnTheLoop_ArrivesUnchangedAndStaysOnTheLoop()
    {
        using var server = new EchoServer();
        await using var stream = await Connector.ConnectAsync(server.EndPoint, Cancelled);
        var sent = RandomNumberGenerator.GetBytes(1024 * 1024);
        var received = new byte[sent.Length];

        await AsCallbackAsync(async () =>
        {
            var thread = Environment.CurrentManagedThreadId;
            var writing = WriteAsync();
            var left = received.AsMemory();
            while (!left.IsEmpty)
            {
                left = left[await stream.ReadAsync(left, Cancelled).ConfigureAwait(false)..];
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
            }

            await writing;

            async Task WriteAsync()
            {
                await stream.WriteAsync(sent, Cancelled).ConfigureAwait(false);
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
            }
        });

        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task Stream_ReadFromElsewhere_DoesNotGoOnOnTheLoop()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;
        var loop = await OnLoopAsync(() => Environment.CurrentManagedThreadId);

        var reading = Task.Run(
            async () =>
            {
                await stream.ReadAsync(new byte[1], Cancelled).ConfigureAwait(false);
                return Environment.CurrentManagedThreadId;
            },
            Cancelled);
        await WaitForReaderAsync();
        peer.Send([1]);

        Assert.NotEqual(loop, await reading.WaitAsync(Limit, Cancelled));
    }

    [Fact]
    public async Task Stream_ManyExchangesOnTheLoop_AllocateNothing()
    {
        using var server = new EchoServer();
        await using var stream = await Connector.ConnectAsync(server.EndPoint, Cancelled);
        long allocated = 0;

        await AsCallbackAsync(async () =>
        {
            var buffer = new byte[1];
            var received = 0;
            for (var n = 0; n < 2000; n++)
            {
                if (n == 1000)
                {
                    allocated = GC.GetAllocatedBytesForCurrentThread();
                }

                await stream.WriteAsync(buffer, CancellationToken.None);
                received += await stream.ReadAsync(buffer, CancellationToken.None);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.Equal(2000, received);
        });

        Assert.InRange(allocated, 0, MostAllocatedBytes);
    }

    [Fact]
    public async Task Stream_EmptyRead_WaitsForBytesAndTakesNone()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;
        var waiting = stream.ReadAsync(Memory<byte>.Empty, Cancelled).AsTask();
        await WaitForReaderAsync();
        Assert.False(waiting.IsCompleted);

        peer.Send([7]);

        Assert.Equal(0, await waiting.WaitAsync(Limit, Cancelled));
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty, Cancelled).AsTask().WaitAsync(Limit, Cancelled));
        var buffer = new byte[2];
        Assert.Equal(1, await stream.ReadAsync(buffer, Cancelled).AsTask().WaitAsync(Limit, Cancelled));
        Assert.Equal(7, buffer[0]);
    }

    [Fact]
    public async Task Stream_EmptyWrite_IsDoneAtOnce()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;

        Assert.True(stream.WriteAsync(ReadOnlyMemory<byte>.Empty, Cancelled).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Stream_WriteDoneAtOnce_LetsGoOfTheBuffer()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;
        var written = Write(stream);

        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                return !written.IsAlive;
            },
            Limit));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Write(LoopStream stream)
        {
            var bytes = new byte[10];
            Assert.True(stream.WriteAsync(bytes, Cancelled).AsTask().IsCompletedSuccessfully);
            return new WeakReference(bytes);
        }
    }

    [Fact]
    public async Task Stream_TwoReadsAtOnce_RefusesTheSecondAndServesTheFirst()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;
        var first = stream.ReadAsync(new byte[1], Cancelled).AsTask();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => stream.ReadAsync(new byte[1], Cancelled).AsTask());

        Assert.Contains("Another read is under way", error.Message, StringComparison.Ordinal);
        peer.Send([1]);
        Assert.Equal(1, await first.WaitAsync(Limit, Cancelled));
    }

    [Fact]
    public async Task Stream_ReadCancelled_LosesNothing()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;
        for (var round = 0; round < 20; round++)
        {
            using var source = new CancellationTokenSource();
            var waiting = stream.ReadAsync(new byte[1], source.Token).AsTask();
            await source.CancelAsync();
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => waiting.WaitAsync(Limit, Cancelled));
            Assert.Equal(source.Token, error.CancellationToken);
        }

        peer.Send([9]);

        var buffer = new byte[1];
        Assert.Equal(1, await stream.ReadAsync(buffer, Cancelled).AsTask().WaitAsync(Limit, Cancelled));
        Assert.Equal(9, buffer[0]);
    }

    [Fact]
    public async Task Stream_ReadsCancelledInARaceWithBytes_LoseNone()
    {
        const int Bytes = 500;
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;
        var buffer = new byte[1];
        var sent = 0;

        for (var expected = 0; expected < Bytes;)
        {
            using var source = new CancellationTokenSource();
            var waiting = stream.ReadAsync(buffer, source.Token).AsTask();
            var next = (byte)sent;
            var sending = sent == expected ? Task.Run(() => peer.Send([next]), Cancelled) : null;
            sent += sending is null ? 0 : 1;
            await source.CancelAsync();
            try
            {
                Assert.Equal(1, await waiting.WaitAsync(Limit, Cancelled));
                Assert.Equal((byte)expected++, buffer[0]);
            }
            catch (OperationCanceledException)
            {
            }

            await (sending ?? Task.CompletedTask);
        }
    }

    [Fact]
    public async Task Stream_WhosePeerDoesNotRead_HoldsTheWriterBack()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;
        var sent = RandomNumberGenerator.GetBytes(32 * 1024 * 1024);

        var writing = stream.WriteAsync(sent, Cancelled).AsTask();
        await WaitForWriterAsync();
        Assert.False(writing.IsCompleted);

        var received = new byte[sent.Length];
        await using var reading = new NetworkStream(peer);
        await reading.ReadExactlyAsync(received, Cancelled).AsTask().WaitAsync(Limit, Cancelled);
        await writing.WaitAsync(Limit, Cancelled);
        Assert.True(sent.AsSpan().SequenceEqual(received));
    }

    [Fact]
    public async Task Stream_WriteCancelled_Ends()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;
        using var source = new CancellationTokenSource();
        var writing = stream.WriteAsync(new byte[32 * 1024 * 1024], source.Token).AsTask();
        await WaitForWriterAsync();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(Limit, Cancelled));
    }

    [Fact]
    public async Task Stream_Synchronously_IsRefused()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;

        Assert.Throws<NotSupportedException>(() => stream.ReadByte());
        Assert.Throws<NotSupportedException>(() => stream.WriteByte(1));
    }

    private async Task<(LoopStream Stream, Socket Peer)> PairAsync()
    {
        using var listener = Listen();
        var stream = await Connector.ConnectAsync(listener.LocalEndPoint!, Cancelled);
        return (stream, await listener.AcceptAsync(Cancelled));
    }

    // Whatever the loop has been asked to do before is done then, and the poller has been asked once more.
    private async Task WaitForReaderAsync()
    {
        for (var turn = 0; turn < 5; turn++)
        {
            await OnLoopAsync(() => { });
        }
    }

    private Task WaitForWriterAsync() => WaitForReaderAsync();
}
