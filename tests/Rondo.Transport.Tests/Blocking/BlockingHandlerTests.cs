using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Runtime;
using Rondo.Transport.Kestrel;

namespace Rondo.Transport.Tests.Blocking;

/// <summary>
/// Handlers that block in every way, on a server with one loop: everybody else is answered meanwhile, and they finish
/// their own request. What blocks is released by the test when it has seen that; the server's limits are real time.
/// </summary>
public sealed class BlockingHandlerTests : IDisposable
{
    private readonly ManualResetEventSlim _release = new();
    private readonly SemaphoreSlim _entered = new(0);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _release.Set();
        _release.Dispose();
        _entered.Dispose();
    }

    [Fact]
    public async Task Handler_InAWaitOfTheRuntime_HoldsUpNobody()
    {
        await using var server = await BlockingServer.StartAsync(app => app.MapGet("/block", Block));
        var blocked = server.Client.GetStringAsync("/block", Token);
        await EnteredAsync();
        await server.AssertAnswersAsync();

        _release.Set();
        Assert.Equal("done", await blocked);
        server.AssertAllCameBack();
    }

    [Fact]
    public async Task Handler_ThatComputes_HoldsUpNobody()
    {
        var goesOn = true;
        await using var server = await BlockingServer.StartAsync(app => app.MapGet("/spin", () =>
        {
            _entered.Release();
            while (Volatile.Read(ref goesOn))
            {
            }

            return "done";
        }));
        var blocked = server.Client.GetStringAsync("/spin", Token);
        await EnteredAsync();
        await server.AssertAnswersAsync();

        Volatile.Write(ref goesOn, false);
        Assert.Equal("done", await blocked);
        server.AssertAllCameBack();
    }

    [Fact]
    public async Task Handler_ThatWritesInALoop_HoldsUpNobody()
    {
        var goesOn = true;
        await using var server = await BlockingServer.StartAsync(app => app.MapGet("/write", async http =>
        {
            _entered.Release();
            var line = new byte[100];
            while (Volatile.Read(ref goesOn))
            {
                await http.Response.Body.WriteAsync(line);
            }
        }));
        var copied = CopyAsync(server);
        await EnteredAsync();
        await server.AssertAnswersAsync();

        Volatile.Write(ref goesOn, false);
        Assert.Equal(0, await copied % 100);
        server.AssertAllCameBack();
    }

    [Fact]
    public async Task Endpoint_ThatHasBlocked_StartsOnASpareThreadNextTime()
    {
        await using var server = await BlockingServer.StartAsync(app =>
        {
            app.MapGet("/block", Block);
            app.MapGet("/block/where", (HttpContext http) => $"{IsOnLoop(http)}");
            app.MapGet("/where", (HttpContext http) => $"{IsOnLoop(http)}");
        }, limit: TimeSpan.FromMinutes(1));
        var blocked = server.Client.GetStringAsync("/block", Token);
        await EnteredAsync();
        await server.AssertAnswersAsync();
        var again = server.Client.GetStringAsync("/block", Token);
        await EnteredAsync();

        Assert.Equal(2, server.Spares.InUse);
        Assert.Equal("True", await server.Client.GetStringAsync("/where", Token));
        Assert.Equal("True", await server.Client.GetStringAsync("/block/where", Token));
        _release.Set();
        Assert.Equal("done", await blocked);
        Assert.Equal("done", await again);
        server.AssertAllCameBack();
    }

    [Fact]
    public async Task Body_AwaitedByBlocking_ArrivesMeanwhile()
    {
        await using var server = await BlockingServer.StartAsync(app => app.MapPost("/hash", http =>
        {
            _entered.Release();
            using var body = new MemoryStream();
            http.Request.Body.CopyToAsync(body).Wait();
            return http.Response.WriteAsync(Convert.ToHexString(SHA256.HashData(body.ToArray())));
        }));
        var bytes = RandomNumberGenerator.GetBytes(1 << 20);
        using var client = await server.SendAsync(
            $"POST /hash HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {bytes.Length}\r\n\r\n");
        await client.SendAsync(bytes.AsMemory(0, bytes.Length / 2), Token);
        await EnteredAsync();
        await server.AssertAnswersAsync();
        await client.SendAsync(bytes.AsMemory(bytes.Length / 2), Token);

        var hash = Convert.ToHexString(SHA256.HashData(bytes));
        Assert.Contains(hash, await ReadToEndAsync(client), StringComparison.Ordinal);
        server.AssertAllCameBack();
    }

    [Fact]
    public async Task Body_AwaitedByBlocking_ClientResets_HandlerEnds()
    {
        var ended = new TaskCompletionSource<Exception?>();
        await using var server = await BlockingServer.StartAsync(app => app.MapPost("/read", http =>
        {
            _entered.Release();
            ended.SetResult(Record.Exception(() => http.Request.Body.CopyToAsync(Stream.Null, Token).Wait(Token)));
            return Task.CompletedTask;
        }));
        var client = await server.SendAsync("POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhalf");
        await EnteredAsync();
        await server.AssertAnswersAsync();
        Reset(client);

        Assert.NotNull(await ended.Task.WaitAsync(Token));
        await server.AssertAnswersAsync();
        server.AssertAllCameBack();
    }

    [Fact]
    public async Task Flush_AwaitedByBlocking_GoesOnWhenTheClientReads()
    {
        const int Blocks = 320;
        await using var server = await BlockingServer.StartAsync(app => app.MapGet("/big", Big(Blocks)));
        using var client = await server.SendAsync("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        await EnteredAsync();
        await server.AssertAnswersAsync();

        Assert.InRange((await ReadToEndAsync(client)).Length, Blocks << 16, (Blocks << 16) + 10_000);
        server.AssertAllCameBack();
    }

    [Fact]
    public async Task Flush_AwaitedByBlocking_ClientResets_HandlerEnds()
    {
        await using var server = await BlockingServer.StartAsync(app => app.MapGet("/big", Big(blocks: 320)));
        var client = await server.SendAsync("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
        await EnteredAsync();
        await server.AssertAnswersAsync();
        Reset(client);

        server.AssertAllCameBack();
        await server.AssertAnswersAsync();
    }

    [Fact]
    public async Task Lock_ThatIsHeldForLong_HoldsUpOnlyThoseWhoWantIt()
    {
        const int Convoy = 20;
        var gate = new object();
        await using var server = await BlockingServer.StartAsync(app => app.MapGet("/locked", () =>
        {
            _entered.Release();
            lock (gate)
            {
                return "mine";
            }
        }));
        var holder = Task.Factory.StartNew(
            () =>
            {
                lock (gate)
                {
                    _entered.Release();
                    _release.Wait();
                }
            },
            Token,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await EnteredAsync();
        var convoy = Enumerable.Range(0, Convoy).Select(_ => server.Client.GetStringAsync("/locked", Token)).ToList();
        for (var i = 0; i < Convoy; i++)
        {
            await EnteredAsync();
        }

        await server.AssertAnswersAsync();
        _release.Set();
        await holder;
        Assert.All(await Task.WhenAll(convoy), answer => Assert.Equal("mine", answer));
        server.AssertAllCameBack();
    }

    [Fact]
    public async Task Spares_AllOut_RequestsAreRefusedUntilOneComesBack()
    {
        await using var server = await BlockingServer.StartAsync(app => app.MapGet("/block", Block), spareThreads: 2);
        var blocked = new List<Task<string>>();
        for (var i = 0; i < 2; i++)
        {
            blocked.Add(server.Client.GetStringAsync("/block", Token));
            await EnteredAsync();
        }

        Assert.True(SpinWait.SpinUntil(() => server.Spares.IsExhausted, TimeSpan.FromSeconds(30)));
        using var refused = await server.Client.GetAsync("/ping", Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);

        _release.Set();
        Assert.All(await Task.WhenAll(blocked), answer => Assert.Equal("done", answer));
        server.AssertAllCameBack();
        await server.AssertAnswersAsync();
    }

    /// <summary>The classic deadlock: the context's thread blocks on what needs the context.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public async Task Result_OfWhatContinuesInTheContext_Ends(int spareThreads)
    {
        await using var server = await BlockingServer.StartAsync(
            app => app.MapGet("/result", () => DoneAsync().Result), spareThreads);
        Assert.Equal("done", await server.Client.GetStringAsync("/result", Token));
        Assert.Equal("done", await server.Client.GetStringAsync("/result", Token));
        server.AssertAllCameBack();

        static async Task<string> DoneAsync()
        {
            await Task.Run(() => { });
            await Task.Yield();
            return "done";
        }
    }

    [Fact]
    public async Task Http2_BlockedStream_HoldsUpNeitherItsConnectionNorThePool()
    {
        await using var server = await BlockingServer.StartAsync(
            app =>
            {
                app.MapGet("/block", Block);
                app.MapGet("/where", (HttpContext http) => $"{IsOnLoop(http)}");
            },
            protocols: HttpProtocols.Http2,
            limit: TimeSpan.FromMinutes(1));
        server.Client.DefaultRequestVersion = HttpVersion.Version20;
        server.Client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var blocked = server.Client.GetStringAsync("/block", Token);
        await EnteredAsync();

        Assert.Equal("True", await server.Client.GetStringAsync("/where", Token));
        _release.Set();
        Assert.Equal("done", await blocked);
        server.AssertAllCameBack();
    }

    [Fact]
    public async Task Handler_ThatAwaits_ComesBackToItsLoopAndContext()
    {
        await using var server = await BlockingServer.StartAsync(
            app => app.MapGet("/await", async (HttpContext http) =>
            {
                var before = Where(http);
                await Task.Run(() => { });
                return before + Where(http) + (EventLoop.Running is null);
            }),
            limit: TimeSpan.FromMinutes(1));

        var answer = await server.Client.GetStringAsync("/await", Token);
        Assert.Equal("on loop, in context; on loop, in context; True", answer);
        Assert.Equal(0, server.Spares.InUse);
    }

    [Fact]
    public async Task Stop_WhileAHandlerBlocks_DoesNotWaitForItsThread()
    {
        var server = await BlockingServer.StartAsync(app => app.MapGet("/block", Block));
        var blocked = server.Client.GetStringAsync("/block", Token);
        await EnteredAsync();
        var spares = server.Spares;
        var stopped = server.DisposeAsync().AsTask();
        _release.Set();

        await stopped.WaitAsync(Token);
        await Record.ExceptionAsync(() => blocked);
        Assert.True(SpinWait.SpinUntil(() => spares.Count == 0, TimeSpan.FromSeconds(30)));
    }

    private static string Where(HttpContext http) =>
        (IsOnLoop(http) ? "on loop, " : "off loop, ")
        + (SynchronizationContext.Current is RequestContext ? "in context; " : "no context; ");

    private static bool IsOnLoop(HttpContext http) => http.Features.Get<LoopConnection>()!.Socket.Loop.IsRunByCaller;

    private static void Reset(Socket client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
    }

    private static async Task<string> ReadToEndAsync(Socket client)
    {
        using var stream = new NetworkStream(client);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(Token);
    }

    private static async Task<long> CopyAsync(BlockingServer server)
    {
        var count = 0L;
        await using var stream = await server.Client.GetStreamAsync("/write", Token);
        var buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, Token)) > 0;)
        {
            count += read;
        }

        return count;
    }

    private RequestDelegate Big(int blocks) => http =>
    {
        var block = new byte[1 << 16];
        for (var i = 0; i < blocks; i++)
        {
            var write = http.Response.Body.WriteAsync(block).AsTask();
            if (!write.IsCompleted && _entered.CurrentCount == 0)
            {
                _entered.Release();
            }

            write.Wait();
        }

        return Task.CompletedTask;
    };

    private string Block()
    {
        _entered.Release();
        _release.Wait();
        return "done";
    }

    private async Task EnteredAsync() => Assert.True(await _entered.WaitAsync(TimeSpan.FromSeconds(30), Token));
}
