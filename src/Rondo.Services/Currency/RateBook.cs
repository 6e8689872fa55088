using System.Threading.Channels;

namespace Rondo.Services.Currency;

/// <summary>
/// The live holder of the rates: readers take <see cref="Current"/>, sources bring days, and every change is stored
/// before it is seen and told to whoever watches.
/// </summary>
internal sealed class RateBook
{
    /// <summary>
    /// A watcher further behind than this resumes with the newest state; each event carries it whole.
    /// </summary>
    private const int KeptChanges = 256;

    private const int WatcherBuffer = 16;

    private readonly Lock _gate = new();
    private readonly RateStore? _store;
    private readonly TimeProvider _time;
    private readonly List<RateChange> _changes;
    private readonly HashSet<Channel<RateChange>> _watchers = [];
    private RateSnapshot _current;

    /// <param name="store">
    /// Where changes are kept; null keeps them in memory only, for rates that come from a file.
    /// </param>
    /// <param name="initial">Rates to start from below what the store holds.</param>
    /// <param name="time">Stamps changes.</param>
    public RateBook(RateStore? store, IEnumerable<RateDay> initial, TimeProvider time)
    {
        _store = store;
        _time = time;
        _changes = store?.LoadChanges(KeptChanges) ?? [];
        var table = RateTable.Empty.Merge(initial.Concat(store?.LoadDays() ?? []), out _);
        _current = new RateSnapshot(
            table,
            store?.LoadOverrides() ?? [],
            _changes.Count > 0 ? _changes[^1].Sequence : 0,
            store?.LoadConfirmed());
    }

    public RateSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Takes over what is new in <paramref name="days"/>; returns the days that made a difference.</summary>
    public IReadOnlyList<RateDay> Add(IEnumerable<RateDay> days)
    {
        using var scope = _gate.EnterScope();

        // Without a store there is one file, and it alone says what there is.
        var basis = _store is null ? RateTable.Empty : Current.Table;
        var table = basis.Merge(days, out var changed);
        if (changed.Count == 0 || table.Fingerprint == Current.Table.Fingerprint)
        {
            return [];
        }

        // A day may have kept values that this delivery did not bring: store it as the table has it.
        var stored = changed.Select(d => table.Day(table.LastOnOrBefore(d.Date))).ToList();
        var now = _time.GetUtcNow();
        var change = _store?.Save(stored, now)
            ?? new RateChange(
                Current.Sequence + 1, now, stored[^1].Origin, stored[0].Date, stored[^1].Date, stored.Count);
        Publish(new RateSnapshot(table, Current.Overrides, change.Sequence, Current.Confirmed), change);
        return changed;
    }

    /// <summary>A source has said that what it gave is its newest.</summary>
    public void Confirm(RateOrigin origin)
    {
        using var scope = _gate.EnterScope();
        var now = _time.GetUtcNow();
        _store?.SaveConfirmed(origin, now);
        var held = Current;
        var confirmed = new Dictionary<RateOrigin, DateTimeOffset>(held.Confirmed) { [origin] = now };
        Volatile.Write(ref _current, new RateSnapshot(held.Table, held.Overrides, held.Sequence, confirmed));
    }

    public void SetOverride(RateOverride set) => ChangeOverrides(
        held => held.Where(o => o.Currency != set.Currency || o.From != set.From).Append(set),
        () => _store?.SaveOverride(set));

    /// <summary>False when there was none.</summary>
    public bool RemoveOverrides(CurrencyInfo currency)
    {
        if (Current.Overrides.All(o => o.Currency != currency))
        {
            return false;
        }

        ChangeOverrides(held => held.Where(o => o.Currency != currency), () => _store?.DeleteOverrides(currency));
        return true;
    }

    /// <summary>
    /// The kept changes after <paramref name="after"/> (all that are kept when it is unknown), then each new one. Ends
    /// by completing the channel when the reader falls <see cref="WatcherBuffer"/> behind.
    /// </summary>
    public (IReadOnlyList<RateChange> Missed, ChannelReader<RateChange> Live, Action Stop) Watch(long after)
    {
        var channel = Channel.CreateBounded<RateChange>(WatcherBuffer);
        using var scope = _gate.EnterScope();
        _watchers.Add(channel);
        var missed = _changes.Where(c => c.Sequence > after).ToList();
        return (missed, channel.Reader, () =>
        {
            using var stopping = _gate.EnterScope();
            _watchers.Remove(channel);
        }
        );
    }

    private void ChangeOverrides(Func<IEnumerable<RateOverride>, IEnumerable<RateOverride>> change, Action store)
    {
        using var scope = _gate.EnterScope();
        store();
        var held = Current;
        Volatile.Write(
            ref _current, new RateSnapshot(held.Table, change(held.Overrides).ToList(), held.Sequence, held.Confirmed));
    }

    private void Publish(RateSnapshot snapshot, RateChange change)
    {
        Volatile.Write(ref _current, snapshot);
        _changes.Add(change);
        if (_changes.Count > KeptChanges)
        {
            _changes.RemoveAt(0);
        }

        foreach (var watcher in _watchers.ToList())
        {
            if (!watcher.Writer.TryWrite(change))
            {
                watcher.Writer.TryComplete();
                _watchers.Remove(watcher);
            }
        }
    }
}
