using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Registry;

/// <summary>Brings the registry up and lets its time go on.</summary>
internal sealed class RegistryWorker(
    ServiceRegistry registry,
    RegistryLoop loop,
    OutboundHttp http,
    LiveOptions<RegistryOptions> options,
    ILogger<RegistryWorker> logger) : IHostedService, IReadiness, IDisposable
{
    private static readonly TimeSpan LoadAgain = TimeSpan.FromSeconds(1);

    private CheckRunner? _checks;
    private bool _hasStopped;

    public string Name => RegistryService.Name;

    public bool IsReady => registry.Current is not null;

    public Task StartAsync(CancellationToken cancellationToken) => loop.AskAsync(async () =>
    {
        _checks = new CheckRunner(registry, loop.Loop, http, () => options.Current);
        registry.Stored += _checks.Follow;
        await LoadAsync();
        return true;
    });

    public Task StopAsync(CancellationToken cancellationToken) => loop.AskAsync(() =>
    {
        Dispose();
        return true;
    });

    public void Dispose()
    {
        if (!_hasStopped)
        {
            _hasStopped = true;
            _checks?.Dispose();
        }
    }

    private async Task LoadAsync()
    {
        try
        {
            await registry.LoadAsync();
            Sweep();
        }
        catch (EventStoreException error) when (!_hasStopped)
        {
            RegistryLog.LoadFailed(logger, error);
            loop.Loop.CallLater(LoadAgain, () =>
            {
                _ = LoadAsync();
            });
        }
    }

    private void Sweep()
    {
        if (!_hasStopped)
        {
            _ = registry.SweepAsync();
            loop.Loop.CallLater(ServiceRegistry.SweepInterval, Sweep);
        }
    }
}
