using Rondo.Services.Streams;

namespace Rondo.Services.Registry;

/// <summary>
/// Who offers what and where, with a lease for each: the rules. docs/services/registry.md has the promises.
/// </summary>
/// <threadsafety>
/// The registry's loop alone; <see cref="Current"/> and <see cref="Epoch"/> from any thread.
/// </threadsafety>
internal sealed partial class ServiceRegistry : IRegistryView
{
    private readonly RegistryTables _tables = new();
    private readonly RegistryJournal _journal;
    private readonly TimeProvider _time;
    private readonly Func<RegistryOptions> _options;
    private readonly ILogger _logger;
    private readonly ChangeLimits _limits;

    public ServiceRegistry(IEventStore store, TimeProvider time, Func<RegistryOptions> options, ILogger logger)
    {
        (_time, _options, _logger) = (time, options, logger);
        _journal = new RegistryJournal(store, _tables, options, logger);
        _limits = new ChangeLimits(time, options);
    }

    /// <summary>Called for each change once it is durable, on the loop.</summary>
    public event Action<ServiceInstance>? Stored
    {
        add => _journal.Stored += value;
        remove => _journal.Stored -= value;
    }

    /// <summary>What is registered; null until it has been read.</summary>
    public RegistrySnapshot? Current => _tables.Current;

    public ulong Epoch => _journal.Epoch;

    /// <summary>Reads the state; everybody who was there has one more term.</summary>
    /// <exception cref="EventStoreException">The store cannot be read.</exception>
    public Task LoadAsync() => _journal.LoadAsync(instance =>
    {
        (instance.Lease, instance.Load) = (new InstanceLease(_time), new InstanceLoad());
        instance.Lease.Renew(instance.Registration.Ttl);
        if (instance.IsExpired)
        {
            instance.Lease.End();
            instance.Lease.SetNextEnd(RemovalTime(instance));
        }
        else if (instance.Drain is { } drain)
        {
            instance.Lease.SetNextEnd(drain);
        }
    });

    /// <summary>
    /// Registers an instance, or renews and changes it for who holds its lease. The same again changes nothing.
    /// </summary>
    public Task<RegistryOutcome> RegisterAsync(string name, string id, Registration registration, Claim claim) =>
        _journal.DoAsync(() => Register(name, id, registration, claim));

    /// <summary>
    /// Takes a sign of life on, perhaps with a state and a note. Without a change of these nothing is stored.
    /// </summary>
    public Task<RegistryOutcome> RenewAsync(
        string name, string id, Claim claim, InstanceState? reported = null, string? note = null)
    {
        if (Alive(name, id) is not { } instance)
        {
            return Task.FromResult(RegistryProblems.NotThere(name, id));
        }

        if (!claim.MayEnd(instance))
        {
            return Task.FromResult(RegistryProblems.Held(instance));
        }

        if (instance.Lease.TakeBeat() is { } wait)
        {
            return Task.FromResult(RegistryProblems.Fast(wait));
        }

        instance.Lease.Renew(instance.Registration.Ttl);
        return IsTold(instance, reported, note)
            ? Task.FromResult(new RegistryOutcome(instance))
            : _journal.DoAsync(() => ChangeAlive(name, id, i => i with
            {
                Reported = reported ?? i.Reported,
                Note = note ?? (i.IsSuspected ? "" : i.Note),
                IsSuspected = false,
            }));
    }

    /// <summary>
    /// The same for clients that do not register again: brings back an instance whose lease is over, unless removed.
    /// </summary>
    public Task<RegistryOutcome> ReviveAsync(
        string name, string id, Claim claim, InstanceState reported, string? note) =>
        Alive(name, id) is not null
            ? RenewAsync(name, id, claim, reported, note)
            : _journal.DoAsync(() =>
            {
                if (_tables.Find(name, id) is not { } instance)
                {
                    return RegistryProblems.NotThere(name, id);
                }

                if (!claim.MayEnd(instance))
                {
                    return RegistryProblems.Held(instance);
                }

                var lease = new InstanceLease(_time);
                lease.Renew(instance.Registration.Ttl);
                return new RegistryOutcome(Put(instance with
                {
                    IsExpired = false,
                    Reported = reported,
                    Note = note ?? "",
                    Lease = lease,
                }));
            });

    /// <summary>
    /// Lets an instance finish what it has and take nothing new; it is removed when the time is over.
    /// </summary>
    public Task<RegistryOutcome> DrainAsync(string name, string id, Claim claim, TimeSpan deadline) =>
        _journal.DoAsync(() =>
        {
            if (Refusal(name, id, claim) is { } refused)
            {
                return refused;
            }

            var outcome = ChangeAlive(name, id, i => i with { Drain = deadline });
            outcome.Instance?.Lease.SetNextEnd(deadline);
            return outcome;
        });

    /// <summary>Takes an instance out of use, or lets it back, without ending its lease.</summary>
    public Task<RegistryOutcome> MaintainAsync(string name, string id, Claim claim, string? reason) =>
        _journal.DoAsync(() =>
            Refusal(name, id, claim) ?? ChangeAlive(name, id, i => i with { Maintenance = reason }));

    /// <summary>Takes an instance away.</summary>
    public Task<RegistryOutcome> RemoveAsync(string name, string id, Claim claim) => _journal.DoAsync(() =>
    {
        if (_tables.Find(name, id) is not { } instance)
        {
            return RegistryProblems.NotThere(name, id);
        }

        if (!claim.MayEnd(instance))
        {
            return RegistryProblems.Held(instance);
        }

        if (_limits.Take(name, id) is { } wait)
        {
            return RegistryProblems.Fast(wait);
        }

        instance.Lease.End();
        return new RegistryOutcome(Put(instance with { IsRemoved = true }));
    });

    /// <summary>Takes on what the registry's own check has found.</summary>
    public Task SetCheckedAsync(ServiceInstance seen, InstanceState found, string note)
    {
        if (Alive(seen.Name, seen.Id) is not { } instance || instance.Registration.Check != seen.Registration.Check)
        {
            return Task.CompletedTask;
        }

        if (found is not InstanceState.Critical && instance.Registration.IsKeptByCheck)
        {
            instance.Lease.Renew(instance.Registration.Ttl);
        }

        return instance.Checked == found
            ? Task.CompletedTask
            : _journal.DoAsync(() => ChangeAlive(seen.Name, seen.Id, i => i with
            {
                Checked = found,
                Note = note,
                IsSuspected = i.IsSuspected && !i.Registration.IsKeptByCheck,
            }));
    }

    private static bool IsTold(ServiceInstance instance, InstanceState? reported, string? note) =>
        !instance.IsSuspected
        && (reported ?? instance.Reported) == instance.Reported
        && (note ?? instance.Note) == instance.Note;

    private RegistryOutcome Register(string name, string id, Registration registration, Claim claim)
    {
        var before = _tables.Find(name, id);
        var isAlive = before is { IsExpired: false, Lease.IsOver: false };
        if (isAlive && !claim.Owns(before!))
        {
            return RegistryProblems.Held(before!);
        }

        var isOwn = before is not null && claim.Owns(before);
        if (isAlive && before is { Drain: null, IsSuspected: false } && registration.IsSame(before.Registration))
        {
            before.Lease.Renew(registration.Ttl);
            return new RegistryOutcome(before, Token: claim.Token);
        }

        if (before is null && _journal.IsFull)
        {
            return new RegistryOutcome(null, new RegistryRefusal(
                RegistryProblems.Full, $"{_tables.Count} instances are registered, and no more are taken."));
        }

        if (_limits.Take(name, id) is { } wait)
        {
            return RegistryProblems.Fast(wait);
        }

        var token = claim.Key is not null ? null : isOwn ? claim.Token : LeaseToken.Create();
        return new RegistryOutcome(
            Put(Made(name, id, registration, before, isAlive) with
            {
                Owner = claim.Key is { } key ? Claim.OwnerOf(key) : LeaseToken.OwnerOf(token!),
            }),
            IsNew: !isAlive,
            Token: token);
    }

    private ServiceInstance Made(
        string name, string id, Registration registration, ServiceInstance? before, bool isAlive)
    {
        var now = _time.GetUtcNow();
        var instance = new ServiceInstance
        {
            Name = name,
            Id = id,
            Registration = registration,
            Owner = "",
            Reported = isAlive && before!.Registration.First == registration.First
                ? before.Reported
                : registration.First,
            Checked = registration.Check is null ? null
                : isAlive && registration.Check == before!.Registration.Check
                    && registration.Url == before.Registration.Url
                    ? before.Checked
                    : InstanceState.Starting,
            Maintenance = isAlive ? before!.Maintenance : null,
            Registered = isAlive ? before!.Registered : now,
            Since = now,
            Lease = new InstanceLease(_time),
            Load = before?.Load ?? new InstanceLoad(),
        };
        instance.Lease.Renew(registration.Ttl);
        return isAlive && before!.State == instance.State ? instance with { Since = before.Since } : instance;
    }

    private RegistryOutcome? Refusal(string name, string id, Claim claim) =>
        Alive(name, id) is not { } instance ? RegistryProblems.NotThere(name, id)
        : claim.MayEnd(instance) ? null
        : RegistryProblems.Held(instance);

    private ServiceInstance? Alive(string name, string id) =>
        _tables.Find(name, id) is { IsExpired: false, Lease.IsOver: false } instance ? instance : null;

    // It may have changed, or gone, while the order waited.
    private RegistryOutcome ChangeAlive(string name, string id, Func<ServiceInstance, ServiceInstance> change)
    {
        if (Alive(name, id) is not { } instance)
        {
            return RegistryProblems.NotThere(name, id);
        }

        var after = change(instance);
        return new RegistryOutcome(after == instance ? instance : Put(after));
    }

    private ServiceInstance Put(ServiceInstance after)
    {
        var before = _tables.Find(after.Name, after.Id);
        var told = before is not null && before.State != after.State
            ? after with { Since = _time.GetUtcNow() }
            : after;
        _journal.Put(told);
        return told;
    }
}
