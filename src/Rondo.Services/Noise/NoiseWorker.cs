using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Noise;

/// <summary>Brings the noise service up and lets its time go on.</summary>
internal sealed class NoiseWorker(NoiseMonitor monitor, NoiseLoop loop, ILogger<NoiseWorker> logger)
    : IHostedService, IReadiness
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeepInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LoadAgain = TimeSpan.FromSeconds(1);

    private bool _hasStopped;
    private bool _isTicking;

    public string Name => NoiseService.Name;

    public bool IsReady => monitor.IsLoaded;

    public Task StartAsync(CancellationToken cancellationToken) => loop.AskAsync(async () =>
    {
        monitor.RoomAdded += Begin;
        await LoadAsync();
        return true;
    });

    public Task StopAsync(CancellationToken cancellationToken) => loop.AskAsync(() => _hasStopped = true);

    private async Task LoadAsync()
    {
        try
        {
            await monitor.LoadAsync();
            Begin();
            loop.Loop.CallLater(KeepInterval, Keep);
        }
        catch (EventStoreException error) when (!_hasStopped)
        {
            NoiseLog.LoadFailed(logger, error);
            loop.Loop.CallLater(LoadAgain, () =>
            {
                _ = LoadAsync();
            });
        }
    }

    private void Begin()
    {
        if (!_isTicking)
        {
            _isTicking = true;
            Tick();
        }
    }

    // A house without rooms costs nothing.
    private void Tick()
    {
        _isTicking = !_hasStopped && monitor.All.Count > 0;
        if (_isTicking)
        {
            loop.Loop.CallLater(TickInterval, Tick);
            monitor.Tick();
        }
    }

    private void Keep()
    {
        if (!_hasStopped)
        {
            loop.Loop.CallLater(KeepInterval, Keep);
            _ = monitor.KeepAsync();
        }
    }
}
