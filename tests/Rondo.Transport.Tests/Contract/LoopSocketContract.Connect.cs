using Rondo.Transport.Sockets;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Contract;

/// <content>How connecting ends.</content>
public abstract partial class LoopSocketContract
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task Connect_ToAListener_GivesAStreamWithBothAddresses()
    {
        using var listener = Listen();

        await using var stream = await Connector.ConnectAsync(listener.LocalEndPoint!, Cancelled);

        using var peer = await listener.AcceptAsync(Cancelled);
        Assert.Equal((peer.RemoteEndPoint, peer.LocalEndPoint), (stream.LocalEndPoint, stream.RemoteEndPoint));
    }

    [Fact]
    public async Task Connect_ToAHostName_Connects()
    {
        using var server = new EchoServer();

        await using var stream = await Connector.ConnectAsync(new DnsEndPoint("localhost", server.Port), Cancelled);

        Assert.Equal(server.EndPoint, stream.RemoteEndPoint);
    }

    [Fact]
    public async Task Connect_ToANameThatDoesNotExist_SaysSo()
    {
        var error = await Assert.ThrowsAsync<SocketException>(
            () => Connector.ConnectAsync(new DnsEndPoint("nobody.invalid", 80), Cancelled).AsTask());

        Assert.Contains(
            error.SocketErrorCode, new[] { SocketError.HostNotFound, SocketError.TryAgain, SocketError.NoData });
    }

    [Fact]
    public async Task Connect_ToAClosedPort_NamesTheAddress()
    {
        var closed = ClosedPort();

        var error = await Assert.ThrowsAsync<SocketException>(() => Connector.ConnectAsync(closed, Cancelled).AsTask());

        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.Contains(closed.ToString()!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ToAnAddressWithoutARoute_SaysThatItIsUnreachable()
    {
        var error = await Assert.ThrowsAsync<SocketException>(
            () => Connector.ConnectAsync(new IPEndPoint(IPAddress.Broadcast, 80), Cancelled).AsTask());

        Assert.Contains(error.SocketErrorCode, new[] { SocketError.NetworkUnreachable, SocketError.AccessDenied });
    }

    [Fact]
    public async Task Connect_ToAMissingPath_SaysThatThereIsNoSuchAddress()
    {
        var error = await Assert.ThrowsAsync<SocketException>(
            () => Connector.ConnectAsync(new UnixDomainSocketEndPoint("/nowhere/rondo.sock"), Cancelled).AsTask());

        Assert.Equal(SocketError.AddressNotAvailable, error.SocketErrorCode);
    }

    [Fact]
    public async Task Connect_ToAUnixSocketWhoseQueueIsFull_WaitsForRoom()
    {
        var path = Path.Combine(Path.GetTempPath(), $"rondo-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(0);
        var connects = Enumerable.Range(0, 4)
            .Select(_ => Connector.ConnectAsync(listener.LocalEndPoint!, Cancelled).AsTask())
            .ToList();

        foreach (var _ in connects)
        {
            (await listener.AcceptAsync(Cancelled).AsTask().WaitAsync(Limit, Cancelled)).Dispose();
        }

        Assert.Equal(4, (await Task.WhenAll(connects).WaitAsync(Limit, Cancelled)).Length);
        File.Delete(path);
    }

    [Fact]
    public async Task Connect_ThatNobodyAnswers_TimesOut()
    {
        using var silent = new SilentListener();
        await using var connector = MakeConnector(Short);

        var error = await Assert.ThrowsAsync<TimeoutException>(
            () => connector.ConnectAsync(silent.EndPoint, Cancelled).AsTask().WaitAsync(Limit, Cancelled));

        Assert.Contains("0.2 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_Cancelled_EndsWithTheCallersToken()
    {
        using var silent = new SilentListener();
        using var source = new CancellationTokenSource();
        var connect = Connector.ConnectAsync(silent.EndPoint, source.Token).AsTask();

        await source.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect.WaitAsync(Limit, Cancelled));
        Assert.Equal(source.Token, error.CancellationToken);
        await OnLoopAsync(() => Assert.Equal(0, Thread.Poller.Count));
    }

    [Fact]
    public async Task Connect_WhileTheConnectorIsDisposed_EndsWithThat()
    {
        using var silent = new SilentListener();
        var connector = MakeConnector(Limit);
        var connect = connector.ConnectAsync(silent.EndPoint, Cancelled).AsTask();

        await connector.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => connect.WaitAsync(Limit, Cancelled));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => connector.ConnectAsync(silent.EndPoint, Cancelled).AsTask().WaitAsync(Limit, Cancelled));
    }

    [Fact]
    public async Task Connect_WhereTheFirstAddressRefuses_TakesTheNext()
    {
        using var server = new EchoServer();
        using var limit = new ConnectLimit(server.EndPoint, Limit, Cancelled);

        await using var stream = await Connector.ConnectAnyAsync([ClosedPort(), server.EndPoint], limit);

        Assert.Equal(server.EndPoint, stream.RemoteEndPoint);
    }

    [Fact]
    public async Task Connect_WhereTheFirstAddressIsSilent_TakesTheNextAfterItsShareOfTheTime()
    {
        using var silent = new SilentListener();
        using var server = new EchoServer();
        using var limit = new ConnectLimit(server.EndPoint, TimeSpan.FromSeconds(1), Cancelled);

        await using var stream = await Connector.ConnectAnyAsync([silent.EndPoint, server.EndPoint], limit);

        Assert.Equal(server.EndPoint, stream.RemoteEndPoint);
    }

    [Fact]
    public async Task Connect_WhereAllAddressesRefuse_FailsWithTheLast()
    {
        var last = ClosedPort();
        using var limit = new ConnectLimit(last, Limit, Cancelled);

        var error = await Assert.ThrowsAsync<SocketException>(
            () => Connector.ConnectAnyAsync([ClosedPort(), last], limit));

        Assert.Contains(last.ToString()!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_WithoutATimeLimit_AreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MakeConnector(TimeSpan.Zero));
}
