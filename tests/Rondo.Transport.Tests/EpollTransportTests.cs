using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;
using Rondo.Transport.Tests.Contract;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests;

/// <summary>The contract, and what the loops promise beyond it.</summary>
public sealed class EpollTransportTests : TransportContract
{
    private static readonly TimeSpan s_halfOpen = TimeSpan.FromMilliseconds(100);

    protected override void Use(IWebHostBuilder builder) => builder.UseEventLoop();

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HalfClose_WithTheRequest_IsAnswered(bool isAsync)
    {
        await using var server = await StartAsync(async context =>
        {
            if (isAsync)
            {
                await Task.Delay(20);
            }

            await Hello(context);
        });
        for (var answered = 0; answered < (isAsync ? 20 : 200);)
        {
            var start = Stopwatch.GetTimestamp();
            using var client = await server.ConnectAsync();
            await client.SendAsync(Get);
            client.EndSending();

            // A machine that takes longer than the server waits for the handler proves nothing.
            var isAnswered = (await client.ReadToEndAsync()).EndsWith("hello", StringComparison.Ordinal);
            Assert.True(isAnswered || (isAsync && Stopwatch.GetElapsedTime(start) >= s_halfOpen));
            answered += isAnswered ? 1 : 0;
        }
    }

    [Fact(Timeout = Limit)]
    public async Task HalfClose_AfterPipelinedRequests_AllAreAnswered()
    {
        await using var server = await StartAsync(Hello);
        using var client = await server.ConnectAsync();
        await client.SendAsync(string.Concat(Enumerable.Repeat(Get, 500)));
        client.EndSending();

        var text = await client.ReadToEndAsync();
        Assert.Equal(500, text.Split("hello").Length - 1);
    }

    [Fact(Timeout = Limit)]
    public async Task Refusal_OfABodyThatIsStillBeingSent_ReachesTheClient()
    {
        await using var server = await StartAsync(
            async context => await context.Request.Body.CopyToAsync(Stream.Null),
            o => o.Limits.MaxRequestBodySize = 1000,
            _ => { });
        for (var i = 0; i < 20; i++)
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3000000\r\n\r\n");
            await client.SendAsync(new byte[3_000_000]);

            Assert.StartsWith("HTTP/1.1 413", await client.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Stop_WithQueuedConnections_ResetsNone()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var blocked = new ManualResetEventSlim();
        var inHandler = 0;
        await using var server = await EpollServer.StartAsync(
            context =>
            {
                // Blocks the one loop, so that those who come now wait in the kernel.
                if (Interlocked.Increment(ref inHandler) == 1)
                {
                    gate.SetResult();
                    blocked.Wait();
                }

                return Hello(context);
            },
            loops: 1,
            spareThreads: 0);
        using var first = await server.ConnectAsync();
        await first.SendAsync(Get);
        await gate.Task;
        var queued = new List<RawClient>();
        for (var i = 0; i < 50; i++)
        {
            queued.Add(await server.ConnectAsync());
            await queued[i].SendAsync(Get);
        }

        var stop = server.StopAsync();
        blocked.Set();
        Assert.Equal("hello", await first.ReadAnswerAsync());
        foreach (var client in queued)
        {
            Assert.False(await client.IsResetAsync());
            client.Dispose();
        }

        await stop;
    }

    [Fact(Timeout = Limit)]
    public async Task Stop_WithAHandlerThatBlocksItsLoop_Ends()
    {
        using var blocked = new ManualResetEventSlim();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = await EpollServer.StartAsync(
            context =>
            {
                gate.SetResult();
                blocked.Wait();
                return Hello(context);
            },
            loops: 1,
            spareThreads: 0);
        var endPoint = server.EndPoint;
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await gate.Task;
        await server.StopAsync(TimeSpan.FromSeconds(1)).WaitAsync(Guard, Token);
        await server.DisposeAsync().AsTask().WaitAsync(Guard, Token);

        Assert.Contains(server.Log.At(LogLevel.Warning), l => l.Contains("left behind", StringComparison.Ordinal));

        // Its address is free although its thread is not.
        await using var next = await StartAsync(Hello, o => o.Listen(endPoint));
        blocked.Set();
    }

    [Fact(Timeout = Limit)]
    public async Task Stop_WithoutTime_StillWaitsForALoopThatIsJustBusy()
    {
        using var busy = new ManualResetEventSlim();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await EpollServer.StartAsync(
            context =>
            {
                gate.SetResult();
                busy.Wait();
                return Hello(context);
            },
            loops: 1,
            spareThreads: 0);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await gate.Task;

        var stop = server.StopAsync(TimeSpan.Zero);
        busy.Set();
        await stop;

        Assert.Empty(server.Log.At(LogLevel.Warning));
    }

    [Fact(Timeout = Limit)]
    public async Task Dispose_WithOpenConnections_ClosesThem()
    {
        var before = ProcessState.SocketCount;
        var pool = new CountingPool();
        var server = await TestServer.StartAsync(EpollServer.Use(pool: pool), Hello);
        var clients = new List<RawClient>();
        for (var i = 0; i < 20; i++)
        {
            clients.Add(await server.ConnectAsync());
            await clients[i].SendAsync(Get);
            Assert.Equal("hello", await clients[i].ReadAnswerAsync());
        }

        await server.DisposeAsync();
        foreach (var client in clients)
        {
            // Kestrel aborts what is open when it is disposed without being stopped.
            await client.IsResetAsync();
            client.Dispose();
        }

        Assert.Equal(0, pool.Rented);
        Assert.True(pool.IsDisposed);
        await Wait.UntilAsync(() => ProcessState.SocketCount <= before);
    }

    [Fact(Timeout = Limit)]
    public async Task Connections_ManyOpenedAndClosed_LeaveNothing()
    {
        var pool = new CountingPool();
        await using var server = await TestServer.StartAsync(EpollServer.Use(pool: pool), Hello);
        using var handles = new GarbageHandles();
        await RunAsync(1_000);
        var (sockets, threads) = (ProcessState.SocketCount, ProcessState.ThreadCount);
        var held = await handles.CountAsync();
        await RunAsync(10_000);
        await Wait.UntilAsync(() => ProcessState.SocketCount <= sockets);

        // The thread pool may have grown by a few; a thread for each connection would be thousands.
        Assert.InRange(ProcessState.ThreadCount, 1, threads + 20);

        // A handle for each connection, or for each that was reset, would be thousands.
        Assert.InRange(await handles.CountAsync(), 1, held + 300);

        // One block for each loop is kept.
        await Wait.UntilAsync(() => pool.Rented <= 2);
        Assert.InRange(pool.Peak, 1, 100);

        async Task RunAsync(int count) => await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token },
            async (n, _) =>
            {
                using var client = await server.ConnectAsync();
                await client.SendAsync(Get);
                Assert.Equal("hello", await client.ReadAnswerAsync());
                if (n % 3 == 0)
                {
                    client.Reset();
                }
            });
    }

    [Fact(Timeout = Limit)]
    public async Task Handlers_RunOnTheLoops()
    {
        await using var server = await EpollServer.StartAsync(
            c => c.Response.WriteAsync(Rondo.Runtime.EventLoop.Running?.Name ?? "none"), spareThreads: 0);
        for (var i = 0; i < 20; i++)
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync(Get);
            Assert.StartsWith("rondo-loop-", await client.ReadAnswerAsync(), StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Handlers_OnLoopsThatMayBeHandedOver_RunOnTheLoopsThreadsWithoutOwningThem()
    {
        await using var server = await StartAsync(c => c.Response.WriteAsync(
            $"{Thread.CurrentThread.Name}, {Rondo.Runtime.EventLoop.Running?.Name ?? "none"}"));
        for (var i = 0; i < 20; i++)
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync(Get);
            Assert.Matches(@"^rondo-\d+, none$", await client.ReadAnswerAsync());
        }
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoopTransportOptions { Loops = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoopTransportOptions { Backlog = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoopTransportOptions { SpareThreads = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoopTransportOptions { BlockingLimit = TimeSpan.Zero });
    }
}
