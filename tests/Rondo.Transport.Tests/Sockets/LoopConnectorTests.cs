using Rondo.Transport.Native;
using Rondo.Transport.Sockets;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Sockets;

/// <summary>Connecting while system calls fail.</summary>
public sealed class LoopConnectorTests : IAsyncDisposable
{
    private readonly FaultyCalls _calls = new();
    private readonly EchoServer _server = new();
    private readonly LoopConnector _connector;

    public LoopConnectorTests() => _connector = new LoopConnector(_calls, new LoopConnectorOptions());

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _calls.Heal();
        await _connector.DisposeAsync();
        _server.Dispose();
    }

    [Theory]
    [InlineData("socket", Errno.TooManyInProcess, SocketError.TooManyOpenSockets)]
    [InlineData("connect", Errno.AddressNotAvailable, SocketError.AddressNotAvailable)]
    [InlineData("epoll_ctl1", Errno.NoMemory, SocketError.NoBufferSpaceAvailable)]
    [InlineData("getsockopt", Errno.BadDescriptor, SocketError.OperationAborted)]
    public async Task Connect_WhereACallFails_SaysSoAndLeavesNoDescriptor(string call, int error, SocketError expected)
    {
        var before = ProcessState.SocketCount;
        _calls.Fail(call, error);

        var failure = await Assert.ThrowsAsync<SocketException>(
            () => _connector.ConnectAsync(_server.EndPoint, Cancelled).AsTask());

        Assert.Equal(expected, failure.SocketErrorCode);
        await Wait.UntilAsync(() => ProcessState.SocketCount <= before);
        await using var next = await _connector.ConnectAsync(_server.EndPoint, Cancelled);
    }

    [Fact]
    public async Task Connect_WithTheLastDescriptors_IsRefusedAndLeavesThemFree()
    {
        // Of so few every number is among the last.
        await using var connector = new LoopConnector(new FaultyCalls { Descriptors = 1 }, new LoopConnectorOptions());
        var before = ProcessState.SocketCount;

        var failure = await Assert.ThrowsAsync<SocketException>(
            () => connector.ConnectAsync(_server.EndPoint, Cancelled).AsTask());

        Assert.Equal(SocketError.TooManyOpenSockets, failure.SocketErrorCode);
        await Wait.UntilAsync(() => ProcessState.SocketCount <= before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    public void Connector_TimeLimitOutOfRange_IsRefusedAtOnce(int days) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new LoopConnector(new LoopConnectorOptions { ConnectTimeout = TimeSpan.FromDays(days) }));

    [Fact]
    public async Task Stream_WhoseCallsAreInterrupted_CarriesBytes()
    {
        await using var stream = await _connector.ConnectAsync(_server.EndPoint, Cancelled);
        _calls.Fail("send", Errno.Interrupted, times: 3);
        _calls.Fail("recv", Errno.Interrupted, times: 3);
        _calls.Fail("peek", Errno.Interrupted, times: 3);

        await stream.WriteAsync(new byte[] { 1, 2, 3 }, Cancelled);
        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty, Cancelled));

        await stream.ReadExactlyAsync(new byte[3], Cancelled);
    }
}
