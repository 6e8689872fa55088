namespace Rondo.Services.Registry;

/// <summary>One service at one revision: its instances, and those among which one is picked. Immutable.</summary>
internal sealed class ServiceView
{
    private readonly Dictionary<string, PickGroup> _zones;

    public ServiceView(string name, long index, IEnumerable<ServiceInstance> instances, PickCounter counter)
    {
        (Name, Index, Counter) = (name, index, counter);
        All = [.. instances.OrderBy(i => i.Id, StringComparer.Ordinal)];
        Everywhere = new PickGroup([.. All.Where(i => i.IsUp)]);
        _zones = Everywhere.Instances.GroupBy(i => i.Registration.Zone)
            .ToDictionary(z => z.Key, z => new PickGroup([.. z]));
    }

    public string Name { get; }

    /// <summary>The revision of its last change.</summary>
    public long Index { get; }

    /// <summary>Every instance, by id.</summary>
    public ServiceInstance[] All { get; }

    /// <summary>Those that take calls.</summary>
    public PickGroup Everywhere { get; }

    public PickCounter Counter { get; }

    public PickGroup? InZone(string zone) => _zones.GetValueOrDefault(zone);

    public ServiceInstance? Find(string id)
    {
        var (low, high) = (0, All.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(All[middle].Id, id);
            if (order == 0)
            {
                return All[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }
}
