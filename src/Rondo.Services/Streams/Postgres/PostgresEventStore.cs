using System.Security.Cryptography;
using Npgsql;
using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// Event streams in a PostgreSQL database that several nodes share. Each node appends in groups, numbers by a row of
/// each stream that it locks, hears of the others' events, and hands on what is live in memory.
/// </summary>
internal sealed class PostgresEventStore : IEventStore, IStoreState
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly StreamTails _tails = new();
    private readonly PostgresAddress _address;
    private readonly ILogger _log;
    private readonly LeaderFence? _fence;
    private readonly TimeProvider _time;
    private readonly NpgsqlDataSource _writing;
    private readonly NpgsqlDataSource _reading;
    private readonly PostgresReader _reader;
    private readonly PostgresUpkeep _upkeep;
    private readonly TailReader _tailReader;
    private readonly ChangeNotifier _notifier;
    private readonly ChangeListener _listener;
    private readonly PostgresWriter _writer;
    private DateTimeOffset _nextSweep;
    private bool _isRefused;
    private int _isDisposed;

    private PostgresEventStore(
        PostgresAddress address, NpgsqlDataSource writing, ulong epoch, TimeProvider time, ILogger log, LeaderFence? fence)
    {
        (_address, _writing, _time, _log) = (address, writing, time, log);
        _fence = fence is null ? null : fence with { Refused = () => Refuse(fence) };
        _reading = address.ForReading();
        _reader = new PostgresReader(address, _reading);
        _upkeep = new PostgresUpkeep(address, writing, _fence, time);
        _tailReader = new TailReader(_tails, _reader, epoch)
        {
            Lost = LeaveEpochAsync,
            Idle = SweepAsync,
            Changed = LogChange,
        };
        var (channel, node) = ($"{address.Schema}_streams", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        _notifier = new ChangeNotifier(_reading, channel, node);
        _listener = new ChangeListener(_reading, channel, node, _tailReader);
        _writer = new PostgresWriter(address, writing, _fence, epoch, time)
        {
            Stored = Publish,
            Lost = what => StreamLog.HistoryLost(_log, address.Name, what),
        };
    }

    public ulong Epoch => _writer.Epoch;

    public bool IsReady => _isDisposed == 0 && !Volatile.Read(ref _isRefused) && _writer.IsReady && _tailReader.IsReady;

    public (long Events, long Commits) Written => (_writer.Events, _writer.Commits);

    /// <summary>Connects, and makes the tables or brings them up to date.</summary>
    /// <param name="address">The database.</param>
    /// <param name="time">Stamps events.</param>
    /// <param name="log">Is told when events are lost.</param>
    /// <param name="fence">What every transaction that writes is checked with; null when every node may write.</param>
    /// <exception cref="StartException">The database cannot be used.</exception>
    public static PostgresEventStore Open(
        PostgresAddress address, TimeProvider time, ILogger log, LeaderFence? fence = null)
    {
        var writing = address.ForWriting(isFenced: fence is not null);
        try
        {
            using var connection = writing.OpenConnection();
            PostgresSchema.Prepare(connection, address);
            return new PostgresEventStore(address, writing, PostgresEpoch.Read(connection), time, log, fence);
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error) || error is StartException)
        {
            writing.Dispose();
            throw error as StartException ?? PostgresError.Refuse(error, address.Name);
        }
    }

    public Task<IReadOnlyList<StoredEvent>> AppendAsync(
        string stream,
        IReadOnlyList<NewEvent> events,
        long? expectedSeq = null,
        string sender = "",
        CancellationToken cancellation = default)
    {
        StreamLimits.CheckName(stream);
        StreamLimits.CheckSender(sender);
        return _writer.Ask(new AppendRequest(stream, StreamLimits.Check(events), expectedSeq, sender), cancellation);
    }

    public Task<StreamPage> ReadAsync(
        string stream, StreamCursor? after, int limit, CancellationToken cancellation = default)
    {
        StreamLimits.CheckRead(stream, limit);
        return _reader.ReadAsync(stream, after, limit, cancellation);
    }

    public Task<StreamPage> ReadBackAsync(
        string stream, StreamCursor? before, int limit, CancellationToken cancellation = default)
    {
        StreamLimits.CheckRead(stream, limit);
        return _reader.ReadBackAsync(stream, before, limit, cancellation);
    }

    public IAsyncEnumerable<StreamItem> WatchAsync(
        IReadOnlyList<WatchedStream> streams,
        int mostBehind = StreamLimits.TailEvents,
        CancellationToken cancellation = default)
    {
        StreamLimits.CheckWatch(streams, mostBehind);
        return new StreamWatch(_tails, ReadAsync, mostBehind).RunAsync(streams, cancellation);
    }

    public Task<long> RetainAsync(
        string stream, long? count, TimeSpan? age, CancellationToken cancellation = default)
    {
        StreamLimits.CheckName(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(count ?? 0, nameof(count));
        return _upkeep.RetainAsync(stream, count, age, cancellation);
    }

    public async Task<bool> EraseAsync(string stream, long seq, CancellationToken cancellation = default)
    {
        StreamLimits.CheckErase(stream);
        if (await _upkeep.EraseAsync(stream, seq, _tails.Replace, cancellation) is null)
        {
            return false;
        }

        _notifier.Add([stream]);
        return true;
    }

    public Task SnapshotAsync(
        string stream, long seq, ReadOnlyMemory<byte> state, CancellationToken cancellation = default)
    {
        StreamLimits.CheckSnapshot(stream, state);
        return _upkeep.KeepAsync(stream, seq, state.ToArray(), cancellation);
    }

    public Task<StreamSnapshot?> ReadSnapshotAsync(string stream, CancellationToken cancellation = default)
    {
        StreamLimits.CheckName(stream);
        return _reader.SnapshotAsync(stream, cancellation);
    }

    public Task<IReadOnlyList<StreamHead>> ListAsync(CancellationToken cancellation = default) =>
        _reader.ListAsync(cancellation);

    public Task ExportAsync(Stream output, CancellationToken cancellation = default) => ConnectedAsync(
        async connection =>
        {
            await PostgresArchive.ExportAsync(connection, output, null, cancellation);
            return true;
        },
        cancellation);

    public async Task ImportAsync(Stream input, bool keepEpoch, CancellationToken cancellation = default) =>
        await ConnectedAsync(
            async connection =>
            {
                await PostgresArchive.ImportAsync(connection, _fence, input, keepEpoch, cancellation);
                _writer.Epoch = PostgresEpoch.Read(connection);
                return true;
            },
            cancellation);

    /// <summary>Stores what waits, ends all watches, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            await _writer.DisposeAsync();
            _tails.Close(new EventStoreException(EventStoreFailure.Closed, "The event store is closed."));
            await _listener.DisposeAsync();
            await _notifier.DisposeAsync();
            await _tailReader.DisposeAsync();
            _upkeep.Dispose();
            await _reading.DisposeAsync();
            await _writing.DisposeAsync();
        }
    }

    private void Publish(List<StreamEvent> events)
    {
        _tailReader.Publish(events);
        if (events.Count > 0)
        {
            _notifier.Add(events.Select(e => e.Stream).Distinct());
        }
    }

    private Task LeaveEpochAsync(string what, ulong epoch)
    {
        StreamLog.HistoryLost(_log, _address.Name, what);
        return IfLeaderAsync(() => ConnectedAsync(
            async connection =>
            {
                await PostgresEpoch.LeaveAsync(connection, _fence, epoch, CancellationToken.None);
                return true;
            },
            CancellationToken.None));
    }

    // What nobody has asked for is the leader's affair.
    private static async Task IfLeaderAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (EventStoreException refused) when (refused.Failure is EventStoreFailure.NotLeader)
        {
        }
    }

    private void Refuse(LeaderFence fence)
    {
        Volatile.Write(ref _isRefused, true);
        fence.Refused();
    }

    private void LogChange(EventStoreException? reason)
    {
        if (reason is null)
        {
            StreamLog.DatabaseAnswers(_log, _address.Name);
        }
        else
        {
            StreamLog.DatabaseGone(_log, _address.Name, reason.Message);
        }
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var now = _time.GetUtcNow();
        if (now >= _nextSweep)
        {
            _nextSweep = now + SweepInterval;
            await IfLeaderAsync(() => _upkeep.SweepAsync(cancellation));
        }
    }

    private Task<T> ConnectedAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellation) =>
        PostgresError.GuardAsync(
            _address.Name,
            async () =>
            {
                await using var connection = await _writing.OpenConnectionAsync(cancellation);
                return await work(connection);
            },
            _fence);
}
