using System.ComponentModel;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rondo.Services.Hosting;
using Rondo.Services.Registry;
using Rondo.Services.Streams;

namespace Rondo.Services.Supervision;

/// <summary>
/// Keeps a process running for each of some services: starts it, asks how it is, kills what hangs, starts again what
/// has ended, with growing pauses and without end. When this process stops, they stop first; when it is killed, they
/// stop because their input ends.
/// </summary>
/// <threadsafety><see cref="Children"/> from any thread; the rest is the host's.</threadsafety>
internal sealed class ServiceSupervisor : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstLooks = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    // Longer than a service gives the requests in flight.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(35);

    private readonly SupervisionSetup _setup;
    private readonly IServer _server;
    private readonly ServiceKeys _keys;
    private readonly DataFolder _folder;
    private readonly RegistryLoop _loop;
    private readonly ServiceRegistry _registry;
    private readonly OutboundHttp _http;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChildState[] _children;
    private readonly CancellationTokenSource _stop = new();
    private ChildLog _output = null!;
    private Task _running = Task.CompletedTask;

    public ServiceSupervisor(
        SupervisionSetup setup, IServer server, ServiceKeys keys, DataFolder folder, RegistryLoop loop,
        ServiceRegistry registry, OutboundHttp http, TimeProvider time, Random random,
        ILogger<ServiceSupervisor> logger)
    {
        (_setup, _server, _keys, _folder, _loop) = (setup, server, keys, folder, loop);
        (_registry, _http, _time, _logger) = (registry, http, time, logger);
        _children = [.. setup.Services.Select(name => new ChildState(name, time, new Random(random.Next())))];
    }

    /// <summary>How each of them is, in the order in which they are started.</summary>
    public IReadOnlyList<ChildStatus> Children => [.. _children.Select(c => c.Current)];

    /// <summary>Starts them; this process listens, and has keys to give.</summary>
    /// <param name="error">Gets what they log.</param>
    public void Begin(TextWriter error)
    {
        _output = new ChildLog(error, _setup.IsJson);
        try
        {
            _keys.Open();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or DatabaseException
            or StartException)
        {
            SupervisionLog.NoKey(_logger, failed.Message);
        }

        _running = Task.WhenAll(_children.Select(child => RunAsync(child, _stop.Token)));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>They stop while this process still listens: their last answers come through it.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(ChildState child, CancellationToken stop)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            var exit = await RunOnceAsync(child, stop);
            if (stop.IsCancellationRequested)
            {
                child.Stopped(exit);
                SupervisionLog.Stopped(_logger, child.Current.Name, exit.Text);
                return;
            }

            var url = child.Current.Url;
            var pause = child.Ended(exit);
            Tell(child.Current, exit, pause);
            await ForgetAsync(child.Current.Name, url);
            await Task.Delay(pause, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                child.Stopped(null);
                return;
            }
        }
    }

    private async Task<ChildExit> RunOnceAsync(ChildState child, CancellationToken stop)
    {
        var name = child.Current.Name;
        ChildProcess started;
        try
        {
            started = ChildProcess.Start(
                ProgramStart.Again(Arguments(name)),
                line =>
                {
                    child.Said(line);
                    _output.Write(name, line);
                },
                line => Read(child, line));
        }
        catch (Exception error) when (error is Win32Exception or IOException or UnauthorizedAccessException
            or DatabaseException or StartException)
        {
            return new ChildExit(null, $"cannot be started: {error.Message}");
        }

        using var process = started;
        child.Started(process.Id);
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watch = WatchAsync(child, process, watching.Token);
        await Task.WhenAny(process.Ended, Task.Delay(Timeout.InfiniteTimeSpan, _time, stop));
        if (!process.Ended.IsCompleted)
        {
            await StopAsync(name, process);
        }

        await watching.CancelAsync();
        await watch;
        return await process.Ended;
    }

    private async Task StopAsync(string name, ChildProcess process)
    {
        process.Stop();
        try
        {
            await process.Ended.WaitAsync(StopLimit, _time);
        }
        catch (TimeoutException)
        {
            SupervisionLog.Killed(_logger, name, "it did not stop in time");
            process.Kill();
        }
    }

    private string[] Arguments(string name) =>
    [
        "serve", name,
        "--front", _folder.Path,
        "--registry", LoopbackAddress.Of(_server.Features.Get<IServerAddressesFeature>()!.Addresses)!.AbsoluteUri,
        "--key-file", _keys.FileOf(name),
        "--data", _keys.FolderOf(name),
        "--urls", "http://127.0.0.1:0",
        .. _setup.HandedOn,
    ];

    // The first line of its welcome says where it listens; the rest is for who has started it by hand.
    private static void Read(ChildState child, string line)
    {
        if (child.Current.Url is null && line.LastIndexOf("http://", StringComparison.Ordinal) is var at and >= 0
            && Uri.TryCreate(line[at..], UriKind.Absolute, out var url))
        {
            child.Listens(url);
        }
    }

    private async Task WatchAsync(ChildState child, ChildProcess process, CancellationToken stop)
    {
        var name = child.Current.Name;
        while (true)
        {
            var pause = child.Current is { Phase: ChildPhase.Up, IsReady: true } ? LookEvery : FirstLooks;
            await Task.Delay(pause, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested || process.Ended.IsCompleted)
            {
                return;
            }

            if (child.Current.Url is { } url && await AnswersAsync(new Uri(url, "/healthz"), stop))
            {
                var isNew = child.Current.Phase is ChildPhase.Starting;
                child.Answered(await AnswersAsync(new Uri(url, "/readyz"), stop));
                if (isNew)
                {
                    SupervisionLog.Up(_logger, name, url, process.Id);
                }
            }
            else if (!stop.IsCancellationRequested && child.Hangs())
            {
                SupervisionLog.Killed(_logger, name, "it does not answer");
                process.Kill();
                return;
            }

            if (child.IsUnreadyTooLong())
            {
                SupervisionLog.NotReady(_logger, name, ChildState.ReadyLimit.TotalSeconds);
            }
        }
    }

    private async Task<bool> AnswersAsync(Uri url, CancellationToken stop)
    {
        try
        {
            return await _http.ProbeAsync(url, AnswerLimit, stop) == StatusCodes.Status200OK;
        }
        catch (Exception error) when (error is HttpRequestException or TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Tell(ChildStatus child, ChildExit exit, TimeSpan pause)
    {
        if (exit.IsMisuse)
        {
            SupervisionLog.Misused(_logger, child.Name, pause.TotalSeconds, child.LastWords ?? "");
        }
        else
        {
            SupervisionLog.Ended(_logger, child.Name, exit.Text, pause.TotalSeconds, child.LastWords ?? "");
        }
    }

    /// <summary>What is gone is not called any more, although its lease runs.</summary>
    private async Task ForgetAsync(string name, Uri? url)
    {
        try
        {
            foreach (var gone in _registry.Current?.Find(name)?.All ?? [])
            {
                if (url is not null && Uri.TryCreate(gone.Registration.Url, UriKind.Absolute, out var at)
                    && at.Authority == url.Authority)
                {
                    await _loop.AskAsync(() =>
                        _registry.RemoveAsync(name, gone.Id, Claim.Nobody with { IsAdmin = true }));
                }
            }
        }
        catch (EventStoreException)
        {
            // Told in the log of the registry; the lease runs out.
        }
    }
}
