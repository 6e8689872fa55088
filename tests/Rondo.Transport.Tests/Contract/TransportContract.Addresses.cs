using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Contract;

/// <content>Where it listens.</content>
public abstract partial class TransportContract
{
    [Theory(Timeout = Limit)]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::", "::1")]
    public async Task Address_OfEachKind_ServesAndTellsBothEnds(string bound, string connected)
    {
        await using var server = await StartAsync(
            c => c.Response.WriteAsync(string.Join(
                ' ', Plain(c.Connection.LocalIpAddress!), c.Connection.LocalPort,
                Plain(c.Connection.RemoteIpAddress!), c.Connection.RemotePort)),
            o => o.Listen(IPAddress.Parse(bound), 0));
        var port = server.Url.Port;
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Parse(connected), port));
        await client.SendAsync(Get);

        Assert.NotEqual(0, port);
        var own = (IPEndPoint)client.Socket.LocalEndPoint!;
        Assert.Equal($"{connected} {port} {connected} {own.Port}", await client.ReadAnswerAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task UnixSocket_Serves_AndCanBeBoundAgain()
    {
        var path = Path.Combine(Path.GetTempPath(), $"rondo-{Guid.NewGuid():N}.sock");
        for (var round = 0; round < 2; round++)
        {
            await using var server = await StartAsync(Hello, o => o.ListenUnixSocket(path));
            using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await client.SendAsync(Get);

            Assert.Equal("hello", await client.ReadAnswerAsync());
        }

        Assert.False(File.Exists(path));
    }

    [Fact(Timeout = Limit)]
    public async Task ListenHandle_OfABoundSocket_Serves()
    {
        // The server closes the descriptor that it is given, so ours is one that nobody else closes.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var endPoint = socket.LocalEndPoint!;
        var handle = (ulong)socket.SafeHandle.DangerousGetHandle();
        socket.SafeHandle.SetHandleAsInvalid();
        await using var server = await StartAsync(Hello, o => o.ListenHandle(handle));
        for (var i = 0; i < 20; i++)
        {
            using var client = await RawClient.ConnectAsync(endPoint);
            await client.SendAsync(Get);
            Assert.Equal("hello", await client.ReadAnswerAsync());
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Address_HeldByStockKestrel_IsInUse()
    {
        await using var holder = await TestServer.StartAsync(b => b.UseSockets(), Hello);

        await AssertInUseAsync(holder.EndPoint);
    }

    [Fact(Timeout = Limit)]
    public async Task Address_HeldByTheSameTransport_IsInUse()
    {
        await using var holder = await StartAsync(Hello);

        await AssertInUseAsync(holder.EndPoint);
        await AssertInUseAsync(new IPEndPoint(IPAddress.Any, holder.EndPoint.Port));
    }

    [Fact(Timeout = Limit)]
    public async Task Address_OfAServerThatHasStopped_IsFree()
    {
        await using var first = await StartAsync(Hello);
        var endPoint = first.EndPoint;
        using var client = await first.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadAnswerAsync();
        await first.StopAsync();
        await using var second = await StartAsync(Hello, o => o.Listen(endPoint));
        using var again = await second.ConnectAsync();
        await again.SendAsync(Get);

        Assert.Equal("hello", await again.ReadAnswerAsync());
    }

    private async Task AssertInUseAsync(IPEndPoint endPoint)
    {
        var error = await Assert.ThrowsAnyAsync<IOException>(() => StartAsync(Hello, o => o.Listen(endPoint)));
        Assert.IsType<AddressInUseException>(error.InnerException);
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
