using Npgsql;
using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// Which of the nodes that share a database leads. One holds a lease in it, renews it every third of its term, and stops
/// to count as its holder before the term ends for the others. This alone stops nobody who is paused between looking at
/// <see cref="IsHeld"/> and writing: what is written carries the <see cref="LeaderFence"/> that taking it gives.
/// </summary>
/// <threadsafety>Every member from any thread; one <see cref="TakeAsync"/> at a time.</threadsafety>
internal sealed class LeaderLease : IAsyncDisposable
{
    /// <summary>The lease of those who may lead all services.</summary>
    public const string LeaseOfAll = "leader";

    public static readonly TimeSpan DefaultTerm = TimeSpan.FromSeconds(5);

    /// <summary>How often a node that does not lead looks who does.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The part of the term that its holder counts: clocks do not run alike, and timers are late.</summary>
    private const double OwnPart = 0.9;

    private readonly PostgresAddress _database;
    private readonly LeaderCandidate _candidate;
    private readonly TimeSpan _term;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly LeaseTable _table;
    private HeldLease? _held;
    private Task _renewing = Task.CompletedTask;
    private LeaseRow? _seen;
    private bool _isSilent;
    private int _isDisposed;

    private LeaderLease(
        PostgresAddress database, LeaderCandidate candidate, TimeSpan term, TimeProvider time, ILogger log)
    {
        (_database, _candidate, _term, _time, _log) = (database, candidate, term, time, log);
        _table = new LeaseTable(database, LeaseOfAll, candidate, term, time);
    }

    /// <summary>Whether this node leads now, by its own clock.</summary>
    public bool IsHeld => Volatile.Read(ref _held)?.IsHeld is true;

    /// <summary>What this node got when it took the lease; 0 before that and when it was given back.</summary>
    public long Token => Volatile.Read(ref _held)?.Token ?? 0;

    /// <summary>Cancelled when this node does not lead (any more); another one each time it does.</summary>
    public CancellationToken Lost => Volatile.Read(ref _held)?.Lost ?? new CancellationToken(canceled: true);

    /// <summary>Who leads, as the database has last said; null when nobody is known to.</summary>
    public string? Holder => IsHeld ? _candidate.Name : Other?.Holder;

    /// <summary>Where that one answers.</summary>
    public string? LeaderAddress => IsHeld ? _candidate.Address : Other?.Address;

    /// <summary>Called when <see cref="Holder"/> has changed; it must not block.</summary>
    public Action Changed { get; set; } = () => { };

    // What the row says of this node itself is old: it does not lead.
    private LeaseRow? Other =>
        Volatile.Read(ref _seen) is { IsFree: false } seen && seen.Holder != _candidate.Name ? seen : null;

    /// <summary>Makes the tables if they are not there. The lease is not taken yet.</summary>
    /// <param name="database">Holds the lease.</param>
    /// <param name="candidate">This node.</param>
    /// <param name="term">How long others wait for who does not renew it; at least a second.</param>
    /// <param name="time">Its timestamps count the term; its timers are to be real.</param>
    /// <param name="log">Is told who leads.</param>
    /// <exception cref="StartException">The database cannot be used.</exception>
    public static LeaderLease Open(
        PostgresAddress database, LeaderCandidate candidate, TimeSpan term, TimeProvider time, ILogger log)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(term, TimeSpan.FromSeconds(1));
        using var source = database.ForLease(term);
        try
        {
            using var connection = source.OpenConnection();
            PostgresSchema.Prepare(connection, database);
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error))
        {
            throw PostgresError.Refuse(error, database.Name);
        }

        return new LeaderLease(database, candidate, term, time, log);
    }

    /// <summary>
    /// Waits until this node leads, however long that is, and looks meanwhile who does; from then on the lease is renewed
    /// by itself until <see cref="Lost"/>. Then it may be taken again.
    /// </summary>
    /// <returns>What everything that this node writes is checked with.</returns>
    /// <exception cref="InvalidOperationException">This node leads already.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; this node does not lead.</exception>
    public async Task<LeaderFence> TakeAsync(CancellationToken cancellation)
    {
        if (IsHeld)
        {
            throw new InvalidOperationException("The lease is held.");
        }

        await _renewing;
        while (true)
        {
            if (await TryTakeAsync(cancellation) is { } held)
            {
                if (cancellation.IsCancellationRequested)
                {
                    await GiveBackAsync();
                    cancellation.ThrowIfCancellationRequested();
                }

                return new LeaderFence(LeaseOfAll, held.Token)
                {
                    Refused = () => held.End("the database has refused what it wanted to write."),
                };
            }

            var left = _seen is { IsFree: false } seen ? seen.Left : LookInterval;
            await Task.Delay(left < LookInterval ? left : LookInterval, _time, cancellation);
        }
    }

    /// <summary>
    /// This node does not lead any more, and another may at once. Everything that writes has been ended before.
    /// </summary>
    public async Task GiveBackAsync()
    {
        if (Volatile.Read(ref _held) is not { } held)
        {
            return;
        }

        held.End(reason: null);
        await _renewing;
        try
        {
            if (await _table.GiveBackAsync(held.Token, CancellationToken.None))
            {
                LeaseLog.GivenBack(_log, _candidate.Name, LeaseOfAll);
            }
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error))
        {
            // Then it ends by itself.
        }

        Volatile.Write(ref _held, null);
        Changed();
    }

    /// <summary>Gives the lease back if it is held.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            await GiveBackAsync();
            await _table.DisposeAsync();
        }
    }

    private async Task<HeldLease?> TryTakeAsync(CancellationToken cancellation)
    {
        try
        {
            See(await _table.ReadAsync(cancellation));
            if (_seen is null or { IsFree: true })
            {
                // Not cut off: an answer that nobody hears would keep the lease from everybody for a term.
                var asked = _time.GetTimestamp();
                if (await _table.AnnounceAsync(CancellationToken.None) is { } token)
                {
                    return await BeginAsync(new HeldLease(token, asked, _term * OwnPart, _time));
                }
            }
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error))
        {
            TellSilence(error);
        }

        return null;
    }

    private async Task<HeldLease?> BeginAsync(HeldLease claimed)
    {
        while (!await TrySettleAsync(claimed))
        {
            // It is renewed as it is later.
            var sent = _time.GetTimestamp();
            if (!claimed.IsHeld || !await _table.RenewAsync(claimed.Token, CancellationToken.None))
            {
                claimed.End(reason: null);
                return null;
            }

            claimed.Renew(sent);
        }

        LeaseLog.Taken(_log, _candidate.Name, LeaseOfAll, claimed.Token);
        Volatile.Write(ref _held, claimed);
        claimed.Lost.UnsafeRegister(_ => TellEnd(claimed), null);
        _renewing = RenewAsync(claimed);
        Changed();
        return claimed;
    }

    // What the one before has begun to write ends first.
    private async Task<bool> TrySettleAsync(HeldLease claimed)
    {
        try
        {
            return await _table.SettleAsync(claimed.Token, CancellationToken.None);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }
    }

    private async Task RenewAsync(HeldLease held)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var pause = _term / 3;
        while (true)
        {
            await Task.Delay(pause, _time, held.Lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!held.IsHeld)
            {
                return;
            }

            var sent = _time.GetTimestamp();
            try
            {
                if (await _table.RenewAsync(held.Token, held.Lost))
                {
                    held.Renew(sent);
                }
                else
                {
                    held.End("another has taken the lease.");
                }

                _isSilent = false;
                pause = _term / 3;
            }
            catch (OperationCanceledException) when (held.Lost.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (PostgresError.IsOfDatabase(error))
            {
                TellSilence(error);
                pause = _term / 20;
            }
        }
    }

    private void TellEnd(HeldLease held)
    {
        if (held.Reason is { } reason)
        {
            LeaseLog.Lost(_log, _candidate.Name, reason);
            Changed();
        }
    }

    private void See(LeaseRow? row)
    {
        _isSilent = false;
        var before = Other;
        Volatile.Write(ref _seen, row);
        if (Other?.Holder != before?.Holder || Other?.Address != before?.Address)
        {
            if (Other is { Holder: { } holder } other)
            {
                LeaseLog.OtherLeads(_log, holder, other.Address);
            }

            Changed();
        }
    }

    private void TellSilence(Exception error)
    {
        if (!_isSilent)
        {
            _isSilent = true;
            LeaseLog.NoAnswer(_log, _database.Name, LeaseOfAll, error.Message);
        }
    }
}
