using Rondo.Services.Hosting;
using Rondo.Services.Streams;

namespace Rondo.Services.Gateway;

/// <summary>
/// Reads the routes of administrators, and tries again while that fails: without them nothing is let through, since one
/// of them may be what guards a path.
/// </summary>
internal sealed class GatewayWorker(
    RouteStore store, RouteBook routes, TimeProvider time, ILogger<GatewayWorker> logger)
    : BackgroundService, IReadiness
{
    private static readonly TimeSpan LoadAgain = TimeSpan.FromSeconds(1);

    public string Name => GatewayService.Name;

    public bool IsReady => routes.Stored is not null;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync())
        {
            await base.StartAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
        {
            await Task.Delay(LoadAgain, time, stoppingToken);
        }
        while (!await LoadAsync());
    }

    private async Task<bool> LoadAsync()
    {
        try
        {
            routes.Stored = await store.LoadAsync();
            return true;
        }
        catch (EventStoreException error)
        {
            GatewayLog.LoadFailed(logger, error);
            return false;
        }
    }
}
