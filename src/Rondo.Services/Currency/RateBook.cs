using Rondo.Services.Hosting;

namespace Rondo.Services.Currency;

/// <summary>
/// The live holder of the rates: readers take <see cref="Current"/>, sources bring days, and every change is stored
/// before it is seen. With a change its notice is stored, so that none is lost on the way to the event stream.
/// </summary>
internal sealed class RateBook
{
    private readonly Lock _gate = new();
    private readonly RateStore? _store;
    private readonly IEnumerable<RateDay> _initial;
    private readonly TimeProvider _time;

    // Where there is no store, notices wait here.
    private readonly List<RateNotice> _notices = [];
    private RateSnapshot _current = null!;

    // Whether the last change is stored, nobody knows.
    private bool _isInDoubt;

    /// <param name="store">
    /// Where changes are kept; null keeps them in memory only, for rates that come from a file.
    /// </param>
    /// <param name="initial">Rates to start from below what the store holds.</param>
    /// <param name="time">Stamps changes.</param>
    public RateBook(RateStore? store, IEnumerable<RateDay> initial, TimeProvider time)
    {
        (_store, _initial, _time) = (store, initial, time);
        Load();
    }

    /// <summary>Raised after each change, on the thread that made it; must return at once.</summary>
    public event Action? Changed;

    public RateSnapshot Current => Volatile.Read(ref _current);

    /// <summary>What has changed and is not known to be in the stream yet, oldest first.</summary>
    public IReadOnlyList<RateNotice> Notices
    {
        get
        {
            using var scope = _gate.EnterScope();
            return _store?.LoadNotices() ?? [.. _notices];
        }
    }

    /// <summary>A notice is in the stream for good.</summary>
    public void Forget(RateNotice notice)
    {
        using var scope = _gate.EnterScope();
        _store?.DeleteNotice(notice);
        _notices.RemoveAll(n => n.Key == notice.Key);
    }

    /// <summary>Takes over what is new in <paramref name="days"/>; returns the days that made a difference.</summary>
    public IReadOnlyList<RateDay> Add(IEnumerable<RateDay> days)
    {
        using var scope = _gate.EnterScope();
        Settle();

        // Without a store there is one file, and it alone says what there is.
        var basis = _store is null ? RateTable.Empty : Current.Table;
        var table = basis.Merge(days, out var changed);
        if (changed.Count == 0 || table.Fingerprint == Current.Table.Fingerprint)
        {
            return [];
        }

        // A day may have kept values that this delivery did not bring: store it as the table has it.
        var stored = changed.Select(d => table.Day(table.LastOnOrBefore(d.Date))).ToList();
        Publish(
            new RateSnapshot(table, Current.Overrides, Current.Sequence + 1, Current.Confirmed),
            new RateChange(stored[^1].Origin, stored[0].Date, stored[^1].Date) { Days = stored.Count },
            (notice, sequence) => _store?.Save(stored, notice, sequence));
        return changed;
    }

    /// <summary>A source has said that what it gave is its newest.</summary>
    public void Confirm(RateOrigin origin)
    {
        using var scope = _gate.EnterScope();
        Settle();
        var now = _time.GetUtcNow();
        _store?.SaveConfirmed(origin, now);
        var held = Current;
        var confirmed = new Dictionary<RateOrigin, DateTimeOffset>(held.Confirmed) { [origin] = now };
        Volatile.Write(ref _current, new RateSnapshot(held.Table, held.Overrides, held.Sequence, confirmed));
    }

    public void SetOverride(RateOverride set) => ChangeOverrides(
        held => held.Where(o => o.Currency != set.Currency || o.From != set.From).Append(set),
        new RateChange(RateOrigin.Override, set.From, set.To) { Currency = set.Currency, Rate = set.Rate },
        (notice, sequence) => _store?.SaveOverride(set, notice, sequence));

    /// <summary>False when there was none.</summary>
    public bool RemoveOverrides(CurrencyInfo currency)
    {
        var removed = Current.Overrides.Where(o => o.Currency == currency).ToList();
        if (removed.Count == 0)
        {
            return false;
        }

        ChangeOverrides(
            held => held.Where(o => o.Currency != currency),
            new RateChange(
                RateOrigin.Override, removed.Min(o => o.From), removed.Any(o => o.To is null) ? null : removed.Max(o => o.To))
            {
                Currency = currency,
            },
            (notice, sequence) => _store?.DeleteOverrides(currency, notice, sequence));
        return true;
    }

    private void Load()
    {
        var table = RateTable.Empty.Merge(_initial.Concat(_store?.LoadDays() ?? []), out _);
        Volatile.Write(ref _current, new RateSnapshot(
            table, _store?.LoadOverrides() ?? [], _store?.LoadSequence() ?? 0, _store?.LoadConfirmed()));
    }

    // A change builds on what is stored.
    private void Settle()
    {
        if (_isInDoubt)
        {
            Load();
            _isInDoubt = false;
            Changed?.Invoke();
        }
    }

    private void ChangeOverrides(
        Func<IEnumerable<RateOverride>, IEnumerable<RateOverride>> change,
        RateChange told,
        Action<RateNotice, long> store)
    {
        using var scope = _gate.EnterScope();
        Settle();
        var held = Current;
        Publish(
            new RateSnapshot(held.Table, change(held.Overrides).ToList(), held.Sequence + 1, held.Confirmed), told, store);
    }

    private void Publish(RateSnapshot snapshot, RateChange change, Action<RateNotice, long> store)
    {
        var notice = new RateNotice(Guid.NewGuid().ToString("N"), RateNotice.Describe(snapshot, change));
        try
        {
            store(notice, snapshot.Sequence);
        }
        catch (DatabaseException error) when (error.Failure is DatabaseFailure.Unknown)
        {
            _isInDoubt = true;
            throw;
        }

        if (_store is null)
        {
            _notices.Add(notice);
        }

        Volatile.Write(ref _current, snapshot);
        Changed?.Invoke();
    }
}
