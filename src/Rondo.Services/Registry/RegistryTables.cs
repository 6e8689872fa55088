using System.Collections.Immutable;

namespace Rondo.Services.Registry;

/// <summary>What is registered, with what is about to be stored; and the snapshots made of it once it is.</summary>
/// <threadsafety>The registry's loop alone; <see cref="Current"/> from any thread.</threadsafety>
internal sealed class RegistryTables
{
    private readonly Dictionary<string, Dictionary<string, ServiceInstance>> _services = [];
    private readonly HashSet<string> _changed = [];
    private readonly Dictionary<string, PickCounter> _counters = [];
    private RegistrySnapshot? _current;

    /// <summary>Null until the state has been read.</summary>
    public RegistrySnapshot? Current => Volatile.Read(ref _current);

    public int Count { get; private set; }

    public IEnumerable<ServiceInstance> All => _services.Values.SelectMany(s => s.Values);

    public ServiceInstance? Find(string name, string id) => _services.GetValueOrDefault(name)?.GetValueOrDefault(id);

    /// <summary>Puts an instance in, in place of one with its name and id, or takes it out when it is null.</summary>
    public void Set(string name, string id, ServiceInstance? instance)
    {
        _changed.Add(name);
        if (!_services.TryGetValue(name, out var instances))
        {
            _services.Add(name, instances = []);
        }

        Count -= instances.Remove(id) ? 1 : 0;
        if (instance is not null)
        {
            instances.Add(id, instance);
            Count++;
        }
        else if (instances.Count == 0)
        {
            _services.Remove(name);
        }
    }

    /// <summary>Lets everybody see the present state.</summary>
    public void Publish(ulong epoch, long index)
    {
        var before = Current;
        if (before is not null && before.Index == index && _changed.Count == 0)
        {
            return;
        }

        var services = (before?.Services ?? ImmutableDictionary.Create<string, ServiceView>(StringComparer.Ordinal))
            .ToBuilder();
        var removedIndex = before?.RemovedIndex ?? index;
        foreach (var name in _changed)
        {
            if (!_services.TryGetValue(name, out var instances))
            {
                _counters.Remove(name);
                removedIndex = services.Remove(name) ? index : removedIndex;
                continue;
            }

            if (!_counters.TryGetValue(name, out var counter))
            {
                _counters.Add(name, counter = new PickCounter());
            }

            // A change that was undone has not changed the service.
            var newest = Math.Max(
                instances.Values.Max(i => i.Index),
                services.TryGetValue(name, out var view) && view.All.Length == instances.Count ? view.Index : index);
            services[name] = new ServiceView(name, newest, instances.Values, counter);
        }

        _changed.Clear();
        Volatile.Write(ref _current, new RegistrySnapshot(epoch, index, removedIndex, services.ToImmutable()));
        before?.SetReplaced();
    }
}
