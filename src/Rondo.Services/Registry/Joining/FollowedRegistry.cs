using System.Collections.Immutable;
using Rondo.Services.Hosting;
using Rondo.Services.Registry.Client;

namespace Rondo.Services.Registry.Joining;

/// <summary>
/// The registry of another process, followed by its watch. While that cannot be reached, what was known last counts:
/// an instance that is gone shows when it is called.
/// </summary>
/// <threadsafety><see cref="Current"/> from any thread; the rest is of the one that follows.</threadsafety>
internal sealed class FollowedRegistry(RegistryLink link, TimeProvider time, ILogger<FollowedRegistry> logger)
    : BackgroundService, IRegistryView, IReadiness
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, PickCounter> _counters = [];
    private RegistrySnapshot? _current;
    private string _told = "";

    public string Name => "followed-registry";

    public bool IsReady => Current is not null;

    public RegistrySnapshot? Current => Volatile.Read(ref _current);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in link.Watcher.WatchAsync(cancellation: stoppingToken))
                {
                    Take(change);
                    _told = "";
                }
            }
            catch (Exception error) when (error is HttpRequestException or RegistryException or IOException
                or OperationCanceledException or System.Text.Json.JsonException or UriFormatException)
            {
                if (stoppingToken.IsCancellationRequested)
                {
                    return;
                }

                Tell(error);
            }

            await Task.Delay(s_pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Makes of a change the next state.</summary>
    public void Take(RegistryChange change)
    {
        var before = Current;
        var services = before?.Services ?? ImmutableDictionary.Create<string, ServiceView>(StringComparer.Ordinal);
        var index = change.Instances.Select(i => i.Index).Append(before?.Index ?? 0).Max();
        if (change.Kind is RegistryChangeKind.Reset)
        {
            var all = change.Instances.Where(i => !i.Removed).GroupBy(i => i.Name, StringComparer.Ordinal);
            services = services.Clear().AddRange(all.Select(s => KeyValuePair.Create(
                s.Key, View(s.Key, index, s.Select(i => Of(i, before?.Find(i.Name)?.Find(i.Id)))))));
        }
        else
        {
            var changed = change.Instances[0];
            var view = services.GetValueOrDefault(changed.Name);
            var others = (view?.All ?? []).Where(i => i.Id != changed.Id);
            var instances = changed.Removed
                ? others.ToList()
                : [.. others, Of(changed, view?.Find(changed.Id))];
            services = instances.Count == 0
                ? services.Remove(changed.Name)
                : services.SetItem(changed.Name, View(changed.Name, index, instances));
        }

        Volatile.Write(ref _current, new RegistrySnapshot(0, index, index, services));
        before?.SetReplaced();
    }

    private ServiceView View(string name, long index, IEnumerable<ServiceInstance> instances)
    {
        if (!_counters.TryGetValue(name, out var counter))
        {
            _counters.Add(name, counter = new PickCounter());
        }

        return new ServiceView(name, index, instances, counter);
    }

    // What is known of an instance here, such as its circuit, hangs on its load.
    private ServiceInstance Of(ServiceEndpoint told, ServiceInstance? before) => new()
    {
        Name = told.Name,
        Id = told.Id,
        Registration = new Registration
        {
            Url = told.Url.OriginalString,
            Zone = told.Zone,
            Weight = told.Weight,
            Tags = told.Tags,
            Meta = told.Meta,
            Routes = told.Routes,
        },
        Owner = "",
        Reported = InstanceStateText.ParseReported(told.State) ?? InstanceState.Critical,
        Drain = told.State == InstanceState.Draining.Text() ? TimeSpan.Zero : null,
        IsExpired = told.State == InstanceState.Expired.Text(),
        Registered = told.Registered,
        Since = told.Registered,
        Index = told.Index,
        Lease = new InstanceLease(time),
        Load = before?.Load ?? new InstanceLoad(),
    };

    // Once for each kind of failure, however often it comes.
    private void Tell(Exception error)
    {
        var why = error is OperationCanceledException ? "no answer in time" : error.Message;
        if (_told != why)
        {
            RegistryLog.NotFollowed(logger, link.Url, why);
            _told = why;
        }
    }
}
