using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rondo.Services.Gateway.Upstream;
using Rondo.Transport.Kestrel;
using Yarp.ReverseProxy.Forwarder;

namespace Rondo.Services.Tests.Gateway.Upstream;

/// <summary>A gateway without rules: each request goes to one upstream by the forwarder under test.</summary>
internal sealed class ForwarderRig : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ForwardResult> _results = new();
    private readonly SemaphoreSlim _ended = new(0);

    private ForwarderRig(WebApplication app, IForwarder forwarder)
    {
        _app = app;
        Forwarder = forwarder;
    }

    public IForwarder Forwarder { get; }

    /// <summary>Where the clients go; by HTTP/2 at <see cref="AddressOfHttp2"/>.</summary>
    public Uri Address => new(Addresses()[0]);

    public Uri AddressOfHttp2 => new(Addresses()[1]);

    public required Uri Upstream { get; init; }

    public ForwardLimits Limits { get; set; } = new(
        TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60));

    public Func<int, bool>? Discards { get; set; }

    /// <summary>
    /// Whether an exchange whose answer was discarded is tried once more, as long as its body is there.
    /// </summary>
    public bool TriesAgain { get; set; }

    /// <summary>What cancels the next exchanges.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>How many connections a loop forwarder has open.</summary>
    public int Connections => ((LoopForwarder)Forwarder).Connections;

    /// <summary>Whether an exchange has gone on in another context than its request's.</summary>
    public bool HasStrayed { get; private set; }

    /// <summary>Starts a server on event loops or on the platform's sockets.</summary>
    public static async Task<ForwarderRig> StartAsync(
        Uri upstream, bool isOnLoops, Func<IServiceProvider, IForwarder> makeForwarder)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o =>
        {
            o.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1);
            o.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2);
            o.Limits.MinResponseDataRate = null;
            o.Limits.MinRequestBodyDataRate = null;
        });
        if (isOnLoops)
        {
            builder.WebHost.UseEventLoop(o => o.Loops = 2);
        }

        builder.Services.AddLogging();
        builder.Services.AddHttpForwarder();
        var app = builder.Build();
        var rig = new ForwarderRig(app, makeForwarder(app.Services)) { Upstream = upstream };
        app.Run(rig.ServeAsync);
        await app.StartAsync();
        return rig;
    }

    public static IHttpForwarder YarpOf(IServiceProvider services) => services.GetRequiredService<IHttpForwarder>();

    /// <summary>How the next exchange has ended.</summary>
    public async Task<ForwardResult> ResultAsync()
    {
        Assert.True(await _ended.WaitAsync(TimeSpan.FromSeconds(60)), "No exchange has ended.");
        return _results.TryDequeue(out var result) ? result : throw new InvalidOperationException();
    }

    public async ValueTask DisposeAsync()
    {
        if (Forwarder is IAsyncDisposable loop)
        {
            await loop.DisposeAsync();
        }

        (Forwarder as IDisposable)?.Dispose();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _ended.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        context.Response.Headers["X-Gateway"] = "rondo";
        var request = new ForwardRequest
        {
            Upstream = Upstream,
            Method = context.Request.Method,
            Target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            Host = "upstream",
            Limits = Limits,
            Discards = Discards,
        };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!RequestHead.IsOwn(name))
            {
                request.Headers.Add(new(name, values));
            }
        }

        var home = SynchronizationContext.Current;
        var result = await Forwarder.ForwardAsync(context, request, Cancellation);
        HasStrayed |= !ReferenceEquals(SynchronizationContext.Current, home);
        if (TriesAgain && result is { Outcome: ForwardOutcome.Discarded, IsBodyTouched: false })
        {
            result = await Forwarder.ForwardAsync(context, request, Cancellation);
        }

        if (result.Outcome != ForwardOutcome.Completed && !context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusOf(result);
            await context.Response.WriteAsync(result.Outcome.ToString());
        }

        _results.Enqueue(result);
        _ended.Release();
    }

    private static int StatusOf(in ForwardResult result) => result.Outcome switch
    {
        ForwardOutcome.BodyFailed =>
            (result.Error as Microsoft.AspNetCore.Http.BadHttpRequestException)?.StatusCode ?? 400,
        ForwardOutcome.ConnectTimeout or ForwardOutcome.FirstByteTimeout or ForwardOutcome.IdleTimeout => 504,
        ForwardOutcome.Cancelled or ForwardOutcome.Discarded => 503,
        _ => 502,
    };

    private string[] Addresses() => [.. _app.Services.GetRequiredService<IServer>()
        .Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];
}
