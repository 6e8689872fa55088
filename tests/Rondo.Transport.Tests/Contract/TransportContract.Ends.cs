using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Contract;

/// <content>How connections end.</content>
public abstract partial class TransportContract
{
    public enum ResetAt
    {
        BeforeRequest,
        InHeaders,
        InBody,
        InAnswer,
    }

    [Theory(Timeout = Limit)]
    [InlineData(ResetAt.BeforeRequest)]
    [InlineData(ResetAt.InHeaders)]
    [InlineData(ResetAt.InBody)]
    [InlineData(ResetAt.InAnswer)]
    public async Task Reset_ByTheClient_EndsTheConnection(ResetAt state)
    {
        const int Clients = 50;
        var open = 0;
        var handled = 0;
        await using var server = await StartAsync(
            async context =>
            {
                Interlocked.Increment(ref handled);
                if (state == ResetAt.InBody)
                {
                    await context.Request.Body.CopyToAsync(Stream.Null);
                }

                var block = new byte[100_000];
                for (var i = 0; i < 1000; i++)
                {
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
                }
            },
            listen: o => o.Use(next => async connection =>
            {
                Interlocked.Increment(ref open);
                await next(connection);
                Interlocked.Decrement(ref open);
            }));
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var client = await RawClient.ConnectAsync(server.EndPoint, receiveBuffer: 8192);
            await client.SendAsync(state switch
            {
                ResetAt.BeforeRequest => "",
                ResetAt.InHeaders => "GET / HTTP/1.1\r\nHost: te",
                ResetAt.InBody => "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\nbegun",
                _ => Get,
            });
            if (state == ResetAt.InAnswer)
            {
                await client.ReadHeadAsync();
            }

            client.Reset();
        }));

        await Wait.UntilAsync(() => Volatile.Read(ref open) == 0);
        // A reset can overtake the bytes sent before it, so a request whose head was sent is handled or not.
        var (least, most) = state switch
        {
            ResetAt.InAnswer => (Clients, Clients),
            ResetAt.InBody => (0, Clients),
            _ => (0, 0),
        };
        Assert.InRange(Volatile.Read(ref handled), least, most);
        using var healthy = await server.ConnectAsync();
        await healthy.SendAsync("GET /\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400", await healthy.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Close_ByTheClient_AbortsTheRequest(bool isReset)
    {
        var aborted = 0;
        var started = 0;
        await using var server = await StartAsync(async context =>
        {
            Interlocked.Increment(ref started);
            var ended = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(ended.SetResult);
            await ended.Task;
            Interlocked.Increment(ref aborted);
        });
        var clients = new List<RawClient>();
        for (var i = 0; i < 50; i++)
        {
            clients.Add(await server.ConnectAsync());
            await clients[i].SendAsync(Get);
        }

        await Wait.UntilAsync(() => started == 50);
        foreach (var client in clients)
        {
            if (isReset)
            {
                client.Reset();
            }

            client.Dispose();
        }

        await Wait.UntilAsync(() => aborted == 50);
    }

    [Fact(Timeout = Limit)]
    public async Task Abort_ByTheHandler_ResetsTheClient()
    {
        await using var server = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        using var client = await server.ConnectAsync();
        await client.SendAsync(Get);

        Assert.True(await client.IsResetAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task ConnectionClose_Asked_EndsAfterTheAnswer()
    {
        await using var server = await StartAsync(Hello);
        using var client = await server.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");

        Assert.EndsWith("hello", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task SlowReaders_OfGreatAnswers_HoldNoMemory()
    {
        var written = 0L;
        await using var server = await StartAsync(async context =>
        {
            var block = new byte[64 * 1024];
            for (var i = 0; i < 3200; i++)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
                Interlocked.Add(ref written, block.Length);
            }
        });
        var before = GC.GetTotalMemory(true);
        var clients = new List<RawClient>();
        for (var i = 0; i < 20; i++)
        {
            clients.Add(await server.ConnectAsync());
            await clients[i].SendAsync(Get);
        }

        await SettleAsync(() => Volatile.Read(ref written));
        Assert.InRange(GC.GetTotalMemory(true) - before, long.MinValue, 16 * Megabyte);
        Assert.InRange(written, 20 * 64 * 1024, 20L * 3200 * 64 * 1024 / 2);
        clients.ForEach(c => c.Dispose());
    }

    [Fact(Timeout = Limit)]
    public async Task UnreadUploads_Stall_AndHoldLittleMemory()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(async context =>
        {
            await release.Task;
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("done");
        });
        var before = GC.GetTotalMemory(true);
        var sent = 0L;
        const int Size = 50 * Megabyte;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var clients = Enumerable.Range(0, 10).Select(async _ =>
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: {Size}\r\n\r\n");
            var block = new byte[64 * 1024];
            for (var i = 0; i < Size / block.Length; i++)
            {
                await client.SendAsync(block);
                Interlocked.Add(ref sent, block.Length);
            }

            Assert.Equal("done", await client.ReadAnswerAsync());
        }).ToList();

        await SettleAsync(() => Volatile.Read(ref sent));
        Assert.InRange(GC.GetTotalMemory(true) - before, long.MinValue, 32 * Megabyte);
        Assert.InRange(sent, 1, 10L * Size / 2);
        release.SetResult();
        await Task.WhenAll(clients);
    }

    [Fact(Timeout = Limit)]
    public async Task Stop_WhileARequestRuns_LetsItEnd()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(async context =>
        {
            started.SetResult();
            await release.Task;
            await Hello(context);
        });
        using var client = await server.ConnectAsync();
        using var idle = await server.ConnectAsync();
        await client.SendAsync(Get);
        await started.Task;
        var stop = server.StopAsync();
        await Wait.UntilAsync(() => IsRefused(server.EndPoint));
        release.SetResult();

        Assert.Equal("hello", await client.ReadAnswerAsync());
        await stop.WaitAsync(Guard, Token);
        Assert.False(await idle.IsResetAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task Limits_OfTime_EndSlowClients()
    {
        await using var server = await StartAsync(
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                await context.Response.WriteAsync(await reader.ReadToEndAsync());
            },
            o =>
            {
                o.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(3);
                o.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(3);
                o.Limits.MinRequestBodyDataRate = new MinDataRate(1000, TimeSpan.FromSeconds(1.1));
            },
            _ => { });
        using var idle = await server.ConnectAsync();
        await idle.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\nhi");
        using var inHeaders = await server.ConnectAsync();
        await inHeaders.SendAsync("GET / HTTP/1.1\r\nHo");
        using var inBody = await server.ConnectAsync();
        await inBody.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\nbegun");

        Assert.Equal("hi", await idle.ReadAnswerAsync());
        Assert.Equal("", await idle.ReadToEndAsync());
        Assert.StartsWith("HTTP/1.1 408", await inHeaders.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 408", await inBody.ReadHeadAsync(), StringComparison.Ordinal);
    }

    // Until it has not moved for a while.
    private static async Task SettleAsync(Func<long> count)
    {
        for (var last = -1L; last != count();)
        {
            last = count();
            await Task.Delay(300, Token);
        }
    }

    private static bool IsRefused(IPEndPoint endPoint)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(endPoint);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
