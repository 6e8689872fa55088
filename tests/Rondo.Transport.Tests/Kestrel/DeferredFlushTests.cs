using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Kestrel;

/// <summary>Small flushes leave when the callback is over: together, in order, and no later.</summary>
public sealed class DeferredFlushTests
{
    private const int Limit = 60_000;
    private const string Get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

    // The loop changes threads, and sends what is deferred, when a callback takes longer: to compile it may.
    private static readonly TimeSpan s_never = TimeSpan.FromHours(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Answer_WithoutALength_LeavesWithOneCall()
    {
        var calls = new FaultyCalls();
        await using var server = await EpollServer.StartAsync(
            context => context.Response.WriteAsync("hello"), calls, loops: 1, blockingLimit: s_never);
        using var client = await server.ConnectAsync();
        for (var request = 1; request <= 3; request++)
        {
            await client.SendAsync(Get);

            Assert.Equal("hello", await client.ReadAnswerAsync());
            Assert.Equal(request, calls.Count("send") + calls.Count("sendmsg"));
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Answers_ToPipelinedRequests_ShareCalls()
    {
        var calls = new FaultyCalls();
        await using var server = await EpollServer.StartAsync(
            context => context.Response.WriteAsync("hello"), calls, loops: 1, blockingLimit: s_never);
        using var client = await server.ConnectAsync();
        await client.SendAsync(string.Concat(Enumerable.Repeat(Get, 50)));
        for (var request = 0; request < 50; request++)
        {
            Assert.Equal("hello", await client.ReadAnswerAsync());
        }

        Assert.InRange(calls.Count("send") + calls.Count("sendmsg"), 1, 25);
    }

    [Fact(Timeout = Limit)]
    public async Task Flush_OfAStream_LeavesBeforeTheHandlerGoesOn()
    {
        using var seen = new SemaphoreSlim(0);
        await using var server = await EpollServer.StartAsync(
            async context =>
            {
                for (var part = 0; part < 20; part++)
                {
                    await context.Response.WriteAsync($"{part};");
                    await context.Response.Body.FlushAsync();
                    await seen.WaitAsync();
                }
            },
            loops: 1,
            blockingLimit: s_never);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadHeadAsync();
        for (var part = 0; part < 20; part++)
        {
            Assert.Equal($"{part};", await client.ReadChunkAsync());
            seen.Release();
        }

        Assert.Equal("", await client.ReadChunkAsync());
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flush_BeforeTheHandlerBlocks_LeavesMeanwhile(bool waits)
    {
        using var seen = new ManualResetEventSlim();
        await using var server = await EpollServer.StartAsync(
            async context =>
            {
                await context.Response.WriteAsync("early;");
                while (!seen.IsSet)
                {
                    if (waits)
                    {
                        seen.Wait();
                    }
                }

                await context.Response.WriteAsync("late");
            },
            loops: 1);
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await client.ReadHeadAsync();

        Assert.Equal("early;", await client.ReadChunkAsync());
        seen.Set();
        Assert.Equal("late", await client.ReadChunkAsync());
        Assert.Equal("", await client.ReadChunkAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Flush_OnTheLoopThenElsewhere_KeepsTheOrder()
    {
        await using var server = await EpollServer.StartAsync(
            async context =>
            {
                await context.Response.WriteAsync("a");
                var elsewhere = Task.Run(() => context.Response.WriteAsync("b"));
                if (context.Request.Path == "/wait")
                {
                    while (!elsewhere.IsCompleted)
                    {
                    }
                }

                await elsewhere;
                await context.Response.WriteAsync("c");
            },
            loops: 1,
            blockingLimit: s_never);
        using var client = await server.ConnectAsync();
        for (var request = 0; request < 200; request++)
        {
            await client.SendAsync(request % 10 == 0 ? Get.Replace("/ ", "/wait ", StringComparison.Ordinal) : Get);
            Assert.Equal("abc", await client.ReadAnswerAsync());
        }
    }
}
