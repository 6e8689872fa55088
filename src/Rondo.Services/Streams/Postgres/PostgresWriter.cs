using System.Threading.Channels;
using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// The one place of a node that appends. It takes everything that waits into one transaction, so that many appends share
/// one; while it is under way, the next group gathers. A group that fails is not stored, and the next one tries again.
/// </summary>
internal sealed class PostgresWriter : IAsyncDisposable
{
    private const int MostGroupBytes = 4 * 1024 * 1024;
    private const long MostWaitingBytes = 64 * 1024 * 1024;
    private const int MostTries = 3;
    private const int MostKnown = 10_000;

    /// <summary>How long callers wait for a COMMIT. It is not cut off: what has come of it is not known then.</summary>
    private static readonly TimeSpan CommitPatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(10);

    private readonly Channel<AppendRequest> _waiting =
        Channel.CreateUnbounded<AppendRequest>(new UnboundedChannelOptions { SingleReader = true });

    private readonly CancellationTokenSource _closing = new();
    private readonly List<AppendRequest> _group = [];

    // The newest event of streams that are surely there.
    private readonly Dictionary<string, long> _known = [];
    private readonly PostgresAddress _address;
    private readonly NpgsqlDataSource _source;
    private readonly LeaderFence? _fence;
    private readonly TimeProvider _time;
    private readonly Task _running;
    private NpgsqlConnection? _connection;
    private long _waitingBytes;
    private bool _isReady = true;

    public PostgresWriter(
        PostgresAddress address, NpgsqlDataSource source, LeaderFence? fence, ulong epoch, TimeProvider time)
    {
        _address = address;
        _source = source;
        _fence = fence;
        _time = time;
        Epoch = epoch;
        _running = RunAsync();
    }

    public ulong Epoch { get; set; }

    public bool IsReady => Volatile.Read(ref _isReady);

    /// <summary>Events appended so far.</summary>
    public long Events { get; private set; }

    /// <summary>Transactions so far.</summary>
    public long Commits { get; private set; }

    /// <summary>Called with the events of a group that are durable, before their callers know.</summary>
    public Action<List<StreamEvent>> Stored { get; init; } = _ => { };

    /// <summary>Called when the database has lost events, before it gets another epoch.</summary>
    public Action<string> Lost { get; init; } = _ => { };

    /// <exception cref="EventStoreException">The store is closed, or too much waits.</exception>
    public Task<IReadOnlyList<StoredEvent>> Ask(AppendRequest request, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<IReadOnlyList<StoredEvent>>(cancellation);
        }

        if (Interlocked.Add(ref _waitingBytes, request.Weight) > MostWaitingBytes)
        {
            Interlocked.Add(ref _waitingBytes, -request.Weight);
            throw new EventStoreException(
                EventStoreFailure.Overloaded, "More waits to be stored than the database takes on. Try again later.");
        }

        if (!_waiting.Writer.TryWrite(request))
        {
            throw new EventStoreException(EventStoreFailure.Closed, "The event store is closed.");
        }

        request.CancelWhen(cancellation);
        return request.Done;
    }

    /// <summary>Stores what waits, if the database takes it within a few seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_waiting.Writer.TryComplete())
        {
            _closing.CancelAfter(ClosingPatience);
            await _running;
            _closing.Dispose();
        }
    }

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            TakeGroup();
            if (_group.Count > 0)
            {
                await StoreGroupAsync();
            }
        }

        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private void TakeGroup()
    {
        _group.Clear();
        for (var weight = 0; weight < MostGroupBytes && _waiting.Reader.TryRead(out var request);)
        {
            weight += request.Weight;
            Interlocked.Add(ref _waitingBytes, -request.Weight);
            if (request.TryTake())
            {
                _group.Add(request);
            }
        }
    }

    // A connection that was lost while nobody wrote is found out by the next group, which has stored nothing yet.
    private async Task StoreGroupAsync()
    {
        try
        {
            var isStored = false;
            for (var left = MostTries; !isStored; left--)
            {
                isStored = await TryStoreAsync(isLastTry: left == 1 || _connection is null);
            }

            Volatile.Write(ref _isReady, true);
            _group.ForEach(r => r.Complete());
        }
        catch (EventStoreException reason)
        {
            Volatile.Write(ref _isReady, reason.Failure is not EventStoreFailure.Unavailable);
            _group.ForEach(r => r.Fail(reason));
        }
        catch (Exception error)
        {
            var reason = new EventStoreException(
                EventStoreFailure.Unavailable, $"The append could not be stored: {error.Message}", error);
            _group.ForEach(r => r.Fail(reason));
        }
    }

    /// <summary>False when it has to be tried again.</summary>
    private async Task<bool> TryStoreAsync(bool isLastTry)
    {
        AppendTransaction transaction;
        try
        {
            _connection ??= await _source.OpenConnectionAsync(_closing.Token);
            transaction = new AppendTransaction(_connection, _fence, _time.GetUtcNow().ToUnixTimeMilliseconds());
            await transaction.BeginAsync(_group, _known.Keys.ToHashSet(), _closing.Token);
            if (await HasLostEventsAsync(transaction))
            {
                return isLastTry ? throw Vanished() : false;
            }

            _group.ForEach(transaction.Decide);
            await transaction.StoreAsync(_closing.Token);
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error) || error is OperationCanceledException)
        {
            _fence?.Notice(error);
            await DropConnectionAsync();
            return isLastTry || PostgresError.IsRefusal(error) || error is OperationCanceledException
                ? throw PostgresError.Describe(error, _address.Name)
                : false;
        }
        catch
        {
            await DropConnectionAsync();
            throw;
        }

        await CommitAsync();
        Remember(transaction);
        Events += transaction.Appended.Count;
        Commits++;
        Stored(transaction.Appended);
        return true;
    }

    /// <summary>Whether events are gone that this node has seen: then the history gets another name first.</summary>
    private async Task<bool> HasLostEventsAsync(AppendTransaction transaction)
    {
        var locked = transaction.Locked.ToDictionary(s => s.Stream, s => s.Last);
        var isSameEpoch = transaction.Epoch is null || transaction.Epoch == Epoch;
        var lost = _group.Select(r => r.Stream).FirstOrDefault(s => !locked.TryGetValue(s, out var last)
            ? _known.ContainsKey(s)
            : isSameEpoch && last < _known.GetValueOrDefault(s));
        if (lost is null)
        {
            return false;
        }

        Lost($"'{lost}' had {_known[lost]} events and has {locked.GetValueOrDefault(lost)}");
        await PostgresSql.ExecuteAsync(_connection!, "ROLLBACK", [], _closing.Token);
        await PostgresEpoch.LeaveAsync(_connection!, _fence, Epoch, _closing.Token);
        _known.Clear();
        return true;
    }

    private async Task CommitAsync()
    {
        var connection = _connection!;
        var isDoubtful = false;
        NoticeEventHandler watch = (_, told) => isDoubtful |= PostgresError.IsDoubt(told.Notice);
        connection.Notice += watch;
        var commit = PostgresSql.Command(connection, "COMMIT");
        commit.CommandTimeout = 0;
        var committing = commit.ExecuteNonQueryAsync();
        try
        {
            await committing.WaitAsync(CommitPatience, TimeProvider.System);
        }
        catch (TimeoutException) when (!committing.IsCompleted)
        {
            // It goes on by itself, and its connection with it.
            _connection = null;
            _ = EndLaterAsync(connection, committing);
            throw PostgresError.Doubt(null, _address.Name);
        }
        catch (Exception error)
        {
            await DropConnectionAsync();
            throw PostgresError.IsRefusal(error)
                ? PostgresError.Describe(error, _address.Name)
                : PostgresError.Doubt(error, _address.Name);
        }

        connection.Notice -= watch;
        if (isDoubtful)
        {
            throw PostgresError.Doubt(null, _address.Name);
        }
    }

    private void Remember(AppendTransaction transaction)
    {
        if (_known.Count > MostKnown || (transaction.Epoch ?? Epoch) != Epoch)
        {
            _known.Clear();
        }

        Epoch = transaction.Epoch ?? Epoch;
        foreach (var (stream, last) in transaction.Locked)
        {
            _known[stream] = last;
        }

        transaction.Appended.ForEach(e => _known[e.Stream] = e.Seq);
    }

    private EventStoreException Vanished() => new(
        EventStoreFailure.Unavailable, $"Streams vanish from the database {_address.Name}. Nothing was stored.");

    private static async Task EndLaterAsync(NpgsqlConnection connection, Task committing)
    {
        await committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync();
    }

    // What was begun on it is rolled back.
    private async Task DropConnectionAsync()
    {
        if (_connection is { } dropped)
        {
            _connection = null;
            await dropped.DisposeAsync();
            _source.Clear();
        }
    }
}
