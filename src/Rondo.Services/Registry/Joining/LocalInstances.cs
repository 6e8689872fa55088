using Rondo.Runtime;
using Rondo.Services.Streams;

namespace Rondo.Services.Registry.Joining;

/// <summary>
/// Registers the services of this process in the registry of this process, by the rules for all: a lease, and a
/// heartbeat that renews it. Their owner nobody else can be.
/// </summary>
internal sealed class LocalInstances(
    ServiceRegistry registry, RegistryLoop loop, OwnServices own, OwnAddress address, ILogger<LocalInstances> logger)
    : IHostedLifecycleService
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(1);

    private readonly HashSet<string> _registered = [];
    private TimerHandle? _next;
    private bool _isStopping;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The server listens: its address is known.</summary>
    public Task StartedAsync(CancellationToken cancellationToken) => loop.AskAsync(async () =>
    {
        await BeatAsync();
        return true;
    });

    public Task StoppingAsync(CancellationToken cancellationToken) => loop.AskAsync(async () =>
    {
        _isStopping = true;
        _next?.Cancel();
        await Task.WhenAll(_registered.Select(RemoveAsync));
        return true;
    });

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// By which a service of this process is registered: Consul's lists have the ids of all services together.
    /// </summary>
    public static string IdOf(string service) => service + "-local";

    private async Task BeatAsync()
    {
        var isRead = registry.Current is not null;
        if (isRead)
        {
            await Task.WhenAll([.. own.All.Select(KeepAsync), .. Strays().Select(RemoveAsync)]);
        }

        if (!_isStopping)
        {
            var isWhole = isRead && _registered.Count == own.All.Count;
            _next = loop.Loop.CallLater(isWhole ? Registration.DefaultTtl / 3 : TryAgain, () =>
            {
                _ = BeatAsync();
            });
        }
    }

    // What an earlier process on this data has left, and this one does not run.
    private IEnumerable<string> Strays() => registry.Current!.Services.Values
        .Where(s => s.Find(IdOf(s.Name)) is { IsLocal: true, IsExpired: false } && own.All.All(o => o.Name != s.Name))
        .Select(s => s.Name);

    private async Task KeepAsync(OwnService service)
    {
        try
        {
            var outcome = _registered.Contains(service.Name)
                ? await registry.RenewAsync(service.Name, IdOf(service.Name), Claim.OfThisProcess)
                : null;
            if (outcome is null || outcome.Refusal?.Type == RegistryProblems.NoInstance)
            {
                _registered.Remove(service.Name);
                outcome = await registry.RegisterAsync(
                    service.Name,
                    IdOf(service.Name),
                    new Registration { Url = address.Url.AbsoluteUri.TrimEnd('/'), Routes = service.Routes },
                    Claim.OfThisProcess);
            }

            if (outcome.Refusal is { } refusal)
            {
                RegistryLog.NotRegistered(logger, service.Name, refusal.Detail);
                return;
            }

            _registered.Add(service.Name);
        }
        catch (EventStoreException error)
        {
            RegistryLog.NotRegistered(logger, service.Name, error.Message);
        }
    }

    private async Task RemoveAsync(string name)
    {
        try
        {
            await registry.RemoveAsync(name, IdOf(name), Claim.OfThisProcess);
        }
        catch (EventStoreException)
        {
            // Told in the log of the registry; the lease runs out.
        }
    }
}
