using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rondo.Transport.Tests.Support;

/// <summary>
/// Kestrel with one handler on a transport, listening where the kernel puts it unless told otherwise.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestServer(WebApplication app, LogList log)
    {
        _app = app;
        Log = log;
    }

    public LogList Log { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The first address that Kestrel reports.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features
        .Get<IServerAddressesFeature>()!.Addresses.First().Replace("[::]", "localhost", StringComparison.Ordinal)
        .Replace("0.0.0.0", "localhost", StringComparison.Ordinal));

    public IPEndPoint EndPoint => new(Url.Host.Contains(':') ? IPAddress.IPv6Loopback : IPAddress.Loopback, Url.Port);

    public static async Task<TestServer> StartAsync(
        Action<IWebHostBuilder> transport,
        RequestDelegate handler,
        Action<KestrelServerOptions>? configure = null,
        Action<ListenOptions>? listen = null)
    {
        var log = new LogList();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Information);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(20));
        transport(builder.WebHost);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            configure?.Invoke(options);
            if (configure is null || listen is not null)
            {
                options.Listen(IPAddress.Loopback, 0, listen ?? (_ => { }));
            }
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(handler);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new TestServer(app, log);
    }

    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(EndPoint);

    public Task StopAsync() => _app.StopAsync();

    /// <summary>What has not ended by then is broken off.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        await _app.StopAsync(end.Token);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
