using System.Diagnostics.Metrics;
using System.Net.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Blocking;

/// <summary>
/// A hundred handlers that block at once, over each protocol, on a server with one loop: all of them are in their
/// handler together, and others are answered on the same connection and on new ones meanwhile.
/// </summary>
public sealed class BlockingProtocolTests : IDisposable
{
    private const int Requests = 100;

    private static readonly TimeSpan s_guard = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim _release = new();
    private readonly CountdownEvent _entered = new(Requests);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _release.Set();
        _release.Dispose();
        _entered.Dispose();
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task Handlers_AHundredBlockedAtOnce_HoldUpNobody(int version, bool isTls)
    {
        await using var server = await BlockingServer.StartAsync(
            app => app.MapGet("/block", () =>
            {
                _entered.Signal();
                _release.Wait();
                return "done";
            }),
            spareThreads: Requests + 20,
            protocols: version == 2 ? HttpProtocols.Http2 : HttpProtocols.Http1,
            isTls: isTls);
        using var client = Client(server, version, isTls);
        var blocked = Enumerable.Range(0, Requests).Select(_ => client.GetStringAsync("/block", Token)).ToList();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("pong", await client.GetStringAsync("/ping", Token));
        }

        Assert.True(_entered.Wait(s_guard, Token), $"{_entered.CurrentCount} have not begun");
        using (var stranger = Client(server, version, isTls))
        {
            Assert.Equal("pong", await stranger.GetStringAsync("/ping", Token));
        }

        Assert.Equal("pong", await client.GetStringAsync("/ping", Token));
        Assert.All(blocked, answer => Assert.False(answer.IsCompleted));
        _release.Set();
        Assert.All(await Task.WhenAll(blocked), answer => Assert.Equal("done", answer));
        server.AssertAllCameBack();
    }

    /// <summary>What is queued for a loop when the first of its kind blocks need not block it again.</summary>
    [Fact]
    public async Task Handlers_ThatHaveComeAtOnce_BlockTheLoopOnce()
    {
        var takeovers = 0L;
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "rondo.transport.takeovers")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref takeovers, count));
        await using var server = await BlockingServer.StartAsync(
            app => app.MapGet("/block", () =>
            {
                _entered.Signal();
                _release.Wait();
                return "done";
            }),
            spareThreads: Requests + 20,
            protocols: HttpProtocols.Http2,
            limit: s_guard);
        using var client = Client(server, 2, isTls: false);
        Assert.Equal("pong", await client.GetStringAsync("/ping", Token));
        meters.Start();
        var blocked = Enumerable.Range(0, Requests).Select(_ => client.GetStringAsync("/block", Token)).ToList();

        Assert.True(_entered.Wait(s_guard, Token), $"{_entered.CurrentCount} have not begun");
        Assert.Equal(1, Interlocked.Read(ref takeovers));
        _release.Set();
        Assert.All(await Task.WhenAll(blocked), answer => Assert.Equal("done", answer));
    }

    private static HttpClient Client(BlockingServer server, int version, bool isTls) => new(new SocketsHttpHandler
    {
        EnableMultipleHttp2Connections = true,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, presented, _, _) =>
                presented!.GetCertHashString() == TestCertificate.Shared.GetCertHashString(),
        },
    })
    {
        BaseAddress = new Uri($"{(isTls ? "https" : "http")}://127.0.0.1:{server.EndPoint.Port}"),
        DefaultRequestVersion = new Version(version, version == 1 ? 1 : 0),
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = s_guard,
    };
}
