using Microsoft.Extensions.Logging;
using Rondo.Transport.Native;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests;

/// <summary>The transport when system calls fail.</summary>
public sealed class FaultTests
{
    private const int Limit = 60_000;
    private const string Get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

    private readonly FaultyCalls _calls = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = Limit)]
    [InlineData(Errno.TooManyInProcess)]
    [InlineData(Errno.TooManyInSystem)]
    [InlineData(Errno.NoMemory)]
    [InlineData(Errno.NoBuffers)]
    [InlineData(1)]
    public async Task Accept_ForLackOfDescriptors_PausesSaysSoOnceAndResumes(int error)
    {
        await using var server = await EpollServer.StartAsync(Hello, _calls, loops: 1);
        _calls.Fail("accept", error, times: 4);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);
        Assert.Equal("hello", await client.ReadAnswerAsync());

        Assert.Single(server.Log.At(LogLevel.Warning));

        // Four that failed, the connection, nothing more: it has not spun.
        Assert.Equal(6, _calls.Count("accept"));
        using var next = await server.ConnectAsync();
        await next.SendAsync(Get);
        Assert.Equal("hello", await next.ReadAnswerAsync());
    }

    [Theory(Timeout = Limit)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Accept_CloseToTheLimitOfDescriptors_LeavesSomeAndSaysSoOnce(int loops)
    {
        // The platform keeps two descriptors for each library that it loads, which is for the first server to do.
        await using (var warmUp = await EpollServer.StartAsync(Hello, loops: loops))
        {
            using var client = await warmUp.ConnectAsync();
            await client.SendAsync(Get);
            Assert.Equal("hello", await client.ReadAnswerAsync());
        }

        // Fifty for clients and server together, then the reserve: 64, or an eighth if that is less.
        var first = ProcessState.DescriptorAfter(free: 50);
        _calls.Descriptors = Math.Min(first + 64, first * 8 / 7);
        var clients = new List<RawClient>();
        var handled = 0;
        await using var server = await EpollServer.StartAsync(
            context =>
            {
                Interlocked.Increment(ref handled);
                return Hello(context);
            },
            _calls,
            loops);
        for (var i = 0; i < 60; i++)
        {
            clients.Add(await server.ConnectAsync());
            await clients[i].SendAsync(Get);
        }

        // Both loops have found the descriptors gone, and one of them has looked again.
        await Wait.UntilAsync(() => server.Log.At(LogLevel.Warning).Count > 0);
        var looks = _calls.Count("eventfd");
        await Wait.UntilAsync(() => _calls.Count("eventfd") > looks + (2 * loops));
        Assert.InRange(Volatile.Read(ref handled), 1, 49);

        // Each that ends makes room for others, on whichever loop they wait.
        await Task.WhenAll(clients.Select(async client =>
        {
            Assert.Equal("hello", await client.ReadAnswerAsync());
            client.Dispose();
        }));
        Assert.Single(server.Log.At(LogLevel.Warning));
    }

    [Theory(Timeout = Limit)]
    [InlineData(Errno.Interrupted)]
    [InlineData(Errno.ConnectionAborted)]
    [InlineData(Errno.ProtocolError)]
    public async Task Accept_OfAConnectionThatIsGone_TakesTheNextAtOnce(int error)
    {
        await using var server = await EpollServer.StartAsync(Hello, _calls, loops: 1);
        _calls.Fail("accept", error, times: 3);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);

        Assert.Equal("hello", await client.ReadAnswerAsync());
        Assert.Empty(server.Log.At(LogLevel.Warning));
    }

    [Fact(Timeout = Limit)]
    public async Task Resume_ThatFails_IsTriedAgain()
    {
        await using var server = await EpollServer.StartAsync(Hello, _calls, loops: 1);
        _calls.Fail("accept", Errno.TooManyInProcess);
        _calls.Fail("epoll_ctl1", Errno.NoMemory, times: 2);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);

        Assert.Equal("hello", await client.ReadAnswerAsync());
    }

    [Theory(Timeout = Limit)]
    [InlineData("socket")]
    [InlineData("bind2")]
    [InlineData("bind1")]
    [InlineData("listen")]
    [InlineData("setsockopt")]
    [InlineData("epoll_create")]
    [InlineData("eventfd")]
    [InlineData("epoll_ctl1")]
    public async Task Start_ThatFails_TellsWhyAndLeavesNothing(string call)
    {
        var before = ProcessState.SocketCount;
        _calls.Fail(call, Errno.NoMemory);
        var error = await Assert.ThrowsAsync<NativeException>(() => EpollServer.StartAsync(Hello, _calls));

        Assert.Equal(Errno.NoMemory, error.Error);
        await Wait.UntilAsync(() => ProcessState.SocketCount <= before);
    }

    [Fact(Timeout = Limit)]
    public async Task AnyAddress_WithoutInternet6_FallsBackToInternet4()
    {
        _calls.Fail("bind10", Errno.AddressNotAvailable);
        await using var server = await TestServer.StartAsync(
            EpollServer.Use(_calls), Hello, o => o.ListenAnyIP(0));
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Url.Port));
        await client.SendAsync(Get);

        Assert.Equal("hello", await client.ReadAnswerAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Registration_ThatFails_ResetsThatConnectionOnly()
    {
        await using var server = await EpollServer.StartAsync(Hello, _calls, loops: 1);
        _calls.Fail("epoll_ctl1", Errno.NoMemory);

        // Which may come before the client has even noticed that it is connected.
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await server.ConnectAsync();
            await client.ReadToEndAsync();
        });
        using var next = await server.ConnectAsync();
        await next.SendAsync(Get);

        Assert.Equal("hello", await next.ReadAnswerAsync());
    }

    /// <summary>Calls that can only be repeated or passed over: every request is answered all the same.</summary>
    [Theory(Timeout = Limit)]
    [InlineData("epoll_wait", Errno.Interrupted)]
    [InlineData("epoll_wait", Errno.NoMemory)]
    [InlineData("recv", Errno.Interrupted)]
    [InlineData("peek", Errno.Interrupted)]
    [InlineData("send", Errno.Interrupted)]
    [InlineData("sendmsg", Errno.Interrupted)]
    [InlineData("write", Errno.Interrupted)]
    [InlineData("read", Errno.Interrupted)]
    [InlineData("close", Errno.Interrupted)]
    [InlineData("shutdown", Errno.NotConnected)]
    [InlineData("setsockopt", Errno.NoBuffers)]
    [InlineData("getsockname", Errno.NoBuffers)]
    [InlineData("epoll_ctl2", Errno.NoMemory)]
    public async Task Call_ThatFailsOftenButHarmlessly_IsNotNoticed(string call, int error)
    {
        var before = ProcessState.SocketCount;
        await using (var server = await EpollServer.StartAsync(Echo, _calls))
        {
            _calls.Fail(call, error, times: int.MaxValue, oneIn: 2);
            using var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero };
            using var client = new HttpClient(handler) { BaseAddress = server.Url };
            for (var i = 0; i < 25; i++)
            {
                var body = new string('x', i * 2000);
                using var answer = await client.PostAsync("/", new StringContent(body), Token);
                Assert.Equal(body, await answer.Content.ReadAsStringAsync(Token));
            }

            Assert.Empty(server.Log.At(LogLevel.Error));
        }

        await Wait.UntilAsync(() => ProcessState.SocketCount <= before);
    }

    /// <summary>Calls whose failure ends a connection: it ends, and nothing else does.</summary>
    [Theory(Timeout = Limit)]
    [InlineData("recv", Errno.ConnectionReset)]
    [InlineData("recv", Errno.NoMemory)]
    [InlineData("recv", Errno.NoBuffers)]
    [InlineData("send", Errno.BrokenPipe)]
    [InlineData("send", Errno.NoBuffers)]
    [InlineData("sendmsg", Errno.NoMemory)]
    [InlineData("accept", Errno.TooManyInProcess)]
    [InlineData("epoll_ctl1", Errno.NoMemory)]
    public async Task Call_ThatFailsNowAndThen_EndsConnectionsAndLeavesNothing(string call, int error)
    {
        var before = ProcessState.SocketCount;
        var pool = new CountingPool();
        await using (var server = await TestServer.StartAsync(EpollServer.Use(_calls, pool), Echo))
        {
            _calls.Fail(call, error, times: int.MaxValue, oneIn: 5);
            using var client = new HttpClient { BaseAddress = server.Url };
            var answered = 0;
            for (var i = 0; i < 40; i++)
            {
                try
                {
                    using var answer = await client.PostAsync("/", new StringContent(new string('x', 9000)), Token);
                    answered += (await answer.Content.ReadAsStringAsync(Token)).Length == 9000 ? 1 : 0;
                }
                catch (Exception failure) when (failure is HttpRequestException or SocketException)
                {
                    // The client lets the latter through when the reset comes while it connects.
                }
            }

            Assert.NotEqual(0, answered);
            _calls.Heal();
            using var healthy = await server.ConnectAsync();
            await healthy.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\nhi");
            Assert.Equal("hi", await healthy.ReadAnswerAsync());
        }

        Assert.Equal(0, pool.Rented);
        await Wait.UntilAsync(() => ProcessState.SocketCount <= before);
    }

    private static Task Hello(HttpContext context)
    {
        context.Response.ContentLength = 5;
        return context.Response.WriteAsync("hello");
    }

    private static async Task Echo(HttpContext context)
    {
        context.Response.ContentLength = context.Request.ContentLength;
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }
}
