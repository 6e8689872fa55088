using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Contract;

/// <content>How connections end.</content>
public abstract partial class LoopSocketContract
{
    [Fact]
    public async Task CloseWrite_LetsThePeerReadToTheEndAndAnswer()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;
        await stream.WriteAsync(new byte[] { 1, 2, 3 }, Cancelled);

        stream.CloseWrite();
        stream.CloseWrite();

        var buffer = new byte[8];
        await using var reading = new NetworkStream(peer);
        Assert.Equal(3, await reading.ReadAtLeastAsync(buffer, 8, throwOnEndOfStream: false, Cancelled));
        peer.Send([4]);
        Assert.Equal(1, await stream.ReadAsync(buffer, Cancelled).AsTask().WaitAsync(Limit, Cancelled));
        Assert.False(stream.CanWrite);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.WriteAsync(buffer, Cancelled).AsTask());
    }

    [Fact]
    public async Task PeersHalfClose_IsTheEndOfReadingAlone()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        await using var disposing = stream;
        var waiting = stream.ReadAsync(new byte[1], Cancelled).AsTask();
        await WaitForReaderAsync();

        peer.Shutdown(SocketShutdown.Send);

        Assert.Equal(0, await waiting.WaitAsync(Limit, Cancelled));
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Cancelled).AsTask().WaitAsync(Limit, Cancelled));
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty, Cancelled).AsTask().WaitAsync(Limit, Cancelled));
        await stream.WriteAsync(new byte[] { 5 }, Cancelled);
        var buffer = new byte[1];
        Assert.Equal(1, await peer.ReceiveAsync(buffer, Cancelled));
    }

    [Fact]
    public async Task PeersReset_FailsTheReaderForGood()
    {
        var (stream, peer) = await PairAsync();
        await using var disposing = stream;
        var waiting = stream.ReadAsync(new byte[1], Cancelled).AsTask();
        await WaitForReaderAsync();

        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();

        for (var round = 0; round < 3; round++)
        {
            var error = await Assert.ThrowsAsync<IOException>(() => waiting.WaitAsync(Limit, Cancelled));
            var cause = Assert.IsType<SocketException>(error.InnerException);
            Assert.Equal(SocketError.ConnectionReset, cause.SocketErrorCode);
            Assert.Contains(stream.RemoteEndPoint!.ToString()!, error.Message, StringComparison.Ordinal);
            waiting = stream.ReadAsync(new byte[1], Cancelled).AsTask();
        }

        await Assert.ThrowsAsync<IOException>(() => waiting);
    }

    [Fact]
    public async Task PeersReset_WakesAWriterThatWaits()
    {
        var (stream, peer) = await PairAsync();
        await using var disposing = stream;
        var writing = stream.WriteAsync(new byte[32 * 1024 * 1024], Cancelled).AsTask();
        await WaitForWriterAsync();

        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();

        await Assert.ThrowsAsync<IOException>(() => writing.WaitAsync(Limit, Cancelled));
    }

    [Fact]
    public async Task Write_ToAClosedPeer_Fails()
    {
        var (stream, peer) = await PairAsync();
        await using var disposing = stream;
        peer.Dispose();

        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true)
            {
                await stream.WriteAsync(new byte[1024], Cancelled).AsTask().WaitAsync(Limit, Cancelled);
            }
        });

        Assert.Contains(
            Assert.IsType<SocketException>(error.InnerException).SocketErrorCode,
            new[] { SocketError.Shutdown, SocketError.ConnectionReset });
    }

    [Fact]
    public async Task Dispose_WhileReading_EndsTheReadAndTellsThePeer()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        var waiting = stream.ReadAsync(new byte[1], Cancelled).AsTask();
        await WaitForReaderAsync();

        await stream.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(Limit, Cancelled));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1], Cancelled).AsTask());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.WriteAsync(new byte[1], Cancelled).AsTask());
        Assert.Throws<ObjectDisposedException>(stream.CloseWrite);
        Assert.Equal(0, await peer.ReceiveAsync(new byte[1], Cancelled).AsTask().WaitAsync(Limit, Cancelled));
        Assert.False(stream.CanRead);
    }

    [Fact]
    public async Task Dispose_WhileWriting_EndsTheWrite()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        var writing = stream.WriteAsync(new byte[32 * 1024 * 1024], Cancelled).AsTask();
        await WaitForWriterAsync();
        Assert.Throws<InvalidOperationException>(stream.CloseWrite);

        await stream.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => writing.WaitAsync(Limit, Cancelled));
    }

    [Fact]
    public async Task Dispose_OfTheConnector_EndsWhatWaitsAndEveryLaterUse()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;
        var waiting = stream.ReadAsync(new byte[1], Cancelled).AsTask();
        var writing = stream.WriteAsync(new byte[32 * 1024 * 1024], Cancelled).AsTask();

        await Connector.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(Limit, Cancelled));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writing.WaitAsync(Limit, Cancelled));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1], Cancelled).AsTask());
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task Dispose_InTheMidstOfTraffic_EndsEveryOperation()
    {
        using var server = new EchoServer();
        for (var round = 0; round < 50; round++)
        {
            var stream = await Connector.ConnectAsync(server.EndPoint, Cancelled);
            var writing = TrafficAsync(buffer => stream.WriteAsync(buffer, Cancelled).AsTask());
            var reading = TrafficAsync(buffer => stream.ReadAsync(buffer, Cancelled).AsTask());
            if (round % 2 == 0)
            {
                await OnLoopAsync(() => { });
            }

            await stream.DisposeAsync();

            await Task.WhenAll(writing, reading).WaitAsync(Limit, Cancelled);
        }

        await OnLoopAsync(() => { });
        Assert.Equal(0, await OnLoopAsync(() => Thread.Poller.Count));
    }

    [Fact]
    public async Task Abort_ResetsThePeer()
    {
        var (stream, peer) = await PairAsync();
        using var closing = peer;

        stream.Abort();
        stream.Abort();

        var error = await Assert.ThrowsAsync<SocketException>(
            async () => await peer.ReceiveAsync(new byte[1], Cancelled).AsTask().WaitAsync(Limit, Cancelled));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    private static async Task TrafficAsync(Func<byte[], Task> operation)
    {
        var buffer = new byte[4096];
        await Task.Yield();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            while (true)
            {
                await operation(buffer);
            }
        });
    }
}
