using Rondo.Services.Streams;

namespace Rondo.Services.Registry;

/// <content>What time does to leases.</content>
internal sealed partial class ServiceRegistry
{
    /// <summary>How often leases are looked at: half of the second after which one that is over must be out.</summary>
    public static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(0.5);

    private const int FewestToPreserve = 5;
    private const int MostAtOnce = 400;
    private const string Doubt = "suspected registry-side loss";

    // The shortest lease: a pause that is longer is none of the instances'.
    private static readonly TimeSpan LongestTurn = Registration.ShortestTtl;

    private long _lastSweep;
    private Task _sweeping = Task.CompletedTask;

    /// <summary>
    /// Ends what is over. Who has ended is out of every lookup at once, even while the disk cannot store that.
    /// </summary>
    public async Task SweepAsync()
    {
        var now = _time.GetTimestamp();
        var gap = _lastSweep == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_lastSweep, now);
        _lastSweep = now;
        if (gap > LongestTurn)
        {
            Pardon(now, gap);
            return;
        }

        var over = new List<ServiceInstance>();
        var gone = new List<ServiceInstance>();
        foreach (var instance in _tables.All)
        {
            if (instance.IsExpired || instance.Drain is not null)
            {
                (instance.Lease.NextEnd <= now ? gone : instance.IsExpired || !IsOver(instance, now) ? null : over)
                    ?.Add(instance);
            }
            else if (IsOver(instance, now))
            {
                over.Add(instance);
            }
        }

        if (over.Count + gone.Count > 0 && _sweeping.IsCompleted)
        {
            _sweeping = CarryOutAsync(over, gone);
            await _sweeping;
        }
    }

    private static bool IsOver(ServiceInstance instance, long now) =>
        instance.Lease.IsOver || instance.Lease.Deadline <= now;

    // This machine slept, or stood still: nobody could show a sign of life meanwhile.
    private void Pardon(long now, TimeSpan gap)
    {
        RegistryLog.Jumped(_logger, gap);
        foreach (var instance in _tables.All.Where(i => !i.IsExpired && !i.Lease.IsOver && i.Lease.Deadline <= now))
        {
            instance.Lease.Renew(instance.Registration.Ttl);
        }
    }

    private async Task CarryOutAsync(List<ServiceInstance> over, List<ServiceInstance> gone)
    {
        // Between this process and itself nothing can be lost.
        var fresh = over.Where(i => i is { IsSuspected: false, IsLocal: false, Lease.IsOver: false }).ToList();
        var alive = _tables.All.Count(i => i is { IsExpired: false, IsLocal: false });
        var isDoubtful = _options().SelfPreservation && alive >= FewestToPreserve && fresh.Count * 2 > alive;
        if (isDoubtful)
        {
            RegistryLog.Preserved(_logger, fresh.Count, alive);
            over = [.. over.Except(fresh)];
            fresh.ForEach(i => i.Lease.Renew(i.Registration.Ttl * 2));
        }

        foreach (var instance in over)
        {
            instance.Lease.End();
        }

        try
        {
            await EachAsync(isDoubtful ? fresh : [], i => i with { IsSuspected = true, Note = Doubt });
            await EachAsync(over, Expired);
            await EachAsync(gone, i => i with { IsRemoved = true });
        }
        catch (EventStoreException)
        {
            // Told in the log; the next sweep tries again.
        }
    }

    private ServiceInstance Expired(ServiceInstance instance)
    {
        RegistryLog.Expired(_logger, instance.Id, instance.Name);
        instance.Lease.SetNextEnd(RemovalTime(instance));
        return instance with { IsExpired = true, IsSuspected = false };
    }

    // An instance that was renewed or replaced while the order waited is another.
    private async Task EachAsync(List<ServiceInstance> instances, Func<ServiceInstance, ServiceInstance> change)
    {
        foreach (var some in instances.Chunk(MostAtOnce))
        {
            await _journal.DoAsync(() =>
            {
                foreach (var instance in some)
                {
                    if (ReferenceEquals(_tables.Find(instance.Name, instance.Id)?.Lease, instance.Lease))
                    {
                        Put(change(_tables.Find(instance.Name, instance.Id)!));
                    }
                }

                return true;
            });
        }
    }

    private TimeSpan RemovalTime(ServiceInstance instance) => instance.Registration.Ttl * _options().RemoveAfterTerms;
}
