using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Load.Tool;

/// <summary>
/// <c>--web</c>: the charts of a run while it lasts, on an address of this machine alone. The page has no script: the
/// browser is told to ask again each second, and no more once the run is over.
/// </summary>
/// <threadsafety>All members: any thread.</threadsafety>
internal sealed class LivePage : IAsyncDisposable
{
    // A page asks each second; who has closed it must not keep the command.
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly LatencyHistogram _total = new();
    private readonly List<LoadSecond> _seconds = [];
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LoadPlan _plan;
    private readonly WebApplication _app;
    private LoadResult? _result;
    private bool _isWatched;

    private LivePage(LoadPlan plan, WebApplication app) => (_plan, _app) = (plan, app);

    /// <summary>Where it is.</summary>
    public string Url =>
        _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/";

    /// <summary>The port of <c>:PORT</c>; 0 is any that is free.</summary>
    /// <exception cref="LoadException">It is none.</exception>
    public static int Port(string text) =>
        text.StartsWith(':')
        && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port <= IPEndPoint.MaxPort
            ? port
            : throw new LoadException($"--web: '{text}' is no port such as :8089, or :0 for any", LoadExit.Usage);

    /// <summary>Begins to serve the page.</summary>
    /// <exception cref="LoadException">The port is taken, or not ours.</exception>
    public static async Task<LivePage> StartAsync(LoadPlan plan, int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        var page = new LivePage(plan, app);
        app.Run(page.AnswerAsync);
        try
        {
            await app.StartAsync();
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await app.DisposeAsync();
            throw new LoadException($"--web: {e.Message}", LoadExit.Usage);
        }

        return page;
    }

    /// <summary>Adds another second.</summary>
    public void Show(LoadSecond second)
    {
        using (_gate.EnterScope())
        {
            _seconds.Add(second);
            _total.Add(second.Latency.Restore());
        }
    }

    /// <summary>Shows how it ended, and waits a moment until who looks has seen it.</summary>
    public async Task EndAsync(LoadResult result, CancellationToken stop)
    {
        bool isWatched;
        using (_gate.EnterScope())
        {
            (_result, isWatched) = (result, _isWatched);
        }

        if (isWatched)
        {
            await _seen.Task.WaitAsync(LastLook, TimeProvider.System, stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        // A name that leads here from elsewhere is another site's.
        if (context.Request.Host.Host is not ("127.0.0.1" or "localhost"))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return;
        }

        if (context.Request.Path != "/" || !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        LoadResult shown;
        bool isOver;
        using (_gate.EnterScope())
        {
            _isWatched = true;
            isOver = _result is not null;
            shown = _result ?? SoFar();
        }

        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        if (!isOver)
        {
            context.Response.Headers["Refresh"] = "1";
        }

        if (isOver)
        {
            context.Response.OnCompleted(() =>
            {
                _seen.TrySetResult();
                return Task.CompletedTask;
            });
        }

        await context.Response.WriteAsync(LoadHtml.Write(_plan, shown));
    }

    // A second knows how many have failed and not how, and the page shows only that.
    private LoadResult SoFar()
    {
        var none = HistogramData.Of(new LatencyHistogram());
        return new LoadResult
        {
            Counts = new LoadCounts
            {
                Completed = _seconds.Sum(s => s.Completed),
                Resets = _seconds.Sum(s => s.Failed),
            },
            Latency = HistogramData.Of(_total),
            ConnectTime = none,
            FirstByte = none,
            ServiceTime = none,
            Lateness = none,
            Seconds = [.. _seconds],
            Rates = [],
            ElapsedSeconds = _seconds.Count,
        };
    }
}
