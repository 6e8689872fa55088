using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Kestrel;
using Rondo.Transport.Sockets;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Blocking;

/// <summary>
/// A server with a single loop, whose every connection therefore stands still if that is not handed over.
/// </summary>
internal sealed class BlockingServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BlockingServer(WebApplication app)
    {
        _app = app;
        var address = new Uri(app.Urls.Single());
        EndPoint = IPEndPoint.Parse($"127.0.0.1:{address.Port}");
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public IPEndPoint EndPoint { get; }

    public HttpClient Client { get; }

    public SpareThreads Spares => ((LoopTransportFactory)_app.Services.GetRequiredService<IConnectionListenerFactory>())
        .Monitor!.Spares;

    /// <param name="map">Its endpoints, besides <c>/ping</c>.</param>
    /// <param name="spareThreads">The bound.</param>
    /// <param name="protocols">Without TLS: one of them.</param>
    /// <param name="isTls">Whether it is encrypted.</param>
    /// <param name="log">Where to, in debug mode; null for no debug mode and no log.</param>
    /// <param name="limit">Default as the server's; compiling a handler may take longer.</param>
    public static async Task<BlockingServer> StartAsync(
        Action<WebApplication> map,
        int spareThreads = 64,
        HttpProtocols protocols = HttpProtocols.Http1,
        TimeSpan? limit = null,
        bool isTls = false,
        LogList? log = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, e =>
        {
            e.Protocols = protocols;
            if (isTls)
            {
                e.UseHttps(TestCertificate.Shared);
            }
        }));
        builder.WebHost.UseEventLoop(o =>
        {
            (o.Loops, o.SpareThreads) = (1, spareThreads);
            o.BlockingLimit = limit ?? o.BlockingLimit;
            o.Debug = log is not null;
        });
        var app = builder.Build();
        app.MapGet("/ping", () => "pong");
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new BlockingServer(app);
    }

    /// <summary>A request on a connection of its own.</summary>
    public async Task<Socket> SendAsync(string head)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(EndPoint, TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Another connection is answered, so the loop is not blocked.</summary>
    public async Task AssertAnswersAsync()
    {
        using var client = new HttpClient { BaseAddress = Client.BaseAddress, Timeout = TimeSpan.FromSeconds(30) };
        Assert.Equal("pong", await client.GetStringAsync("/ping", TestContext.Current.CancellationToken));
    }

    /// <summary>Every thread has come back.</summary>
    public void AssertAllCameBack() => Assert.True(
        SpinWait.SpinUntil(() => Spares.InUse == 0, TimeSpan.FromSeconds(30)), $"{Spares.InUse} are still out");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
