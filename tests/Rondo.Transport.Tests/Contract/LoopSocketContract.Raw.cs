using Rondo.Transport.Native;
using Rondo.Transport.Sockets;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Contract;

/// <content>The raw level: outcomes as values, no allocation.</content>
public abstract partial class LoopSocketContract
{
    [Fact]
    public async Task RawConnect_ToAListener_ConnectsAndExchanges()
    {
        using var server = new EchoServer();
        var client = new RawExchange(Thread, server.EndPoint, exchanges: 100);

        Assert.Equal(0, await client.RunAsync().WaitAsync(Limit, Cancelled));

        await OnLoopAsync(() => client.Socket.Close(reset: false));
    }

    [Fact]
    public async Task RawConnect_OverIPv6_Connects()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 here");
        using var server = new EchoServer(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        var client = new RawExchange(Thread, server.EndPoint, exchanges: 1);

        Assert.Equal(0, await client.RunAsync().WaitAsync(Limit, Cancelled));
    }

    [Fact]
    public async Task RawConnect_OverAUnixSocket_Connects()
    {
        var path = Path.Combine(Path.GetTempPath(), $"rondo-{Guid.NewGuid():N}.sock");
        using var server = new EchoServer(new UnixDomainSocketEndPoint(path));
        var client = new RawExchange(Thread, server.EndPoint, exchanges: 10);

        Assert.Equal(0, await client.RunAsync().WaitAsync(Limit, Cancelled));

        File.Delete(path);
    }

    [Fact]
    public async Task RawConnect_ToAClosedPort_AnswersThatItWasRefused()
    {
        var client = new RawExchange(Thread, ClosedPort(), exchanges: 1);

        Assert.Equal(-Errno.ConnectionRefused, await client.RunAsync().WaitAsync(Limit, Cancelled));
    }

    [Fact]
    public async Task RawConnect_ToAMissingPath_AnswersAtOnce()
    {
        var client = new RawExchange(Thread, new UnixDomainSocketEndPoint("/nowhere/rondo.sock"), exchanges: 1);

        Assert.Equal(-Errno.NoEntry, await client.RunAsync().WaitAsync(Limit, Cancelled));
        Assert.True(await OnLoopAsync(() => client.Socket.IsClosed));
    }

    [Fact]
    public async Task RawConnect_OfAnOpenSocket_IsRefused()
    {
        using var server = new EchoServer();
        var client = new RawExchange(Thread, server.EndPoint, exchanges: 1);
        await client.RunAsync().WaitAsync(Limit, Cancelled);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => OnLoopAsync(() => client.Socket.Connect(new ConnectAddress(server.EndPoint), client)));
    }

    [Fact]
    public async Task RawConnect_AfterAbandon_ConnectsAnewAndRunsNobodyOfBefore()
    {
        using var server = new EchoServer();
        var waits = new RawExchange(Thread, server.EndPoint, exchanges: 1);
        await waits.RunAsync().WaitAsync(Limit, Cancelled);
        var woken = 0;
        var again = new LoopCode(() => woken++);

        var outcome = await OnLoopAsync(() =>
        {
            Assert.Equal(LoopSocket.WouldBlock, waits.Socket.Receive(new byte[1]));
            Assert.True(waits.Socket.WaitToReceive(again));
            waits.Socket.Abandon(reset: false);
            return waits.Socket.Connect(new ConnectAddress(server.EndPoint), new LoopCode(() => { }));
        });
        await OnLoopAsync(() => waits.Socket.Abandon(reset: false));
        await OnLoopAsync(() => { });

        Assert.Equal((0, 0), (outcome, woken));
    }

    [Fact]
    public async Task RawClose_WithReset_ResetsThePeer()
    {
        using var listener = Listen();
        var client = new RawExchange(Thread, listener.LocalEndPoint!, exchanges: 0);
        await client.RunAsync().WaitAsync(Limit, Cancelled);
        using var peer = await listener.AcceptAsync(Cancelled);

        await OnLoopAsync(() => client.Socket.Close(reset: true));

        var error = await Assert.ThrowsAsync<SocketException>(
            async () => await peer.ReceiveAsync(new byte[1], Cancelled).AsTask().WaitAsync(Limit, Cancelled));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact]
    public async Task RawExchange_ManyTimes_AllocatesNothing()
    {
        using var server = new EchoServer();
        var client = new RawExchange(Thread, server.EndPoint, exchanges: 2000, warmUp: 1000);

        Assert.Equal(0, await client.RunAsync().WaitAsync(Limit, Cancelled));

        Assert.InRange(client.AllocatedBytes, 0, MostAllocatedBytes);
    }

    [Fact]
    public async Task RawConnect_AThousandTimes_LeavesNoDescriptor()
    {
        using var listener = Listen();
        var before = ProcessState.SocketCount;
        for (var round = 0; round < 10; round++)
        {
            var clients = Enumerable.Range(0, 100)
                .Select(_ => new RawExchange(Thread, listener.LocalEndPoint!, exchanges: 0))
                .ToList();
            Assert.All(
                await Task.WhenAll(clients.Select(c => c.RunAsync())).WaitAsync(Limit, Cancelled),
                outcome => Assert.Equal(0, outcome));
            await OnLoopAsync(() => clients.ForEach(c => c.Socket.Close(reset: true)));
            clients.ForEach(_ => listener.Accept().Dispose());
        }

        await Wait.UntilAsync(() => ProcessState.SocketCount <= before);
    }

    private static EndPoint ClosedPort()
    {
        using var listener = Listen();
        return listener.LocalEndPoint!;
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }
}
