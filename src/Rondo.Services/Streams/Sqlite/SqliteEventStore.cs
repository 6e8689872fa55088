using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>
/// Event streams in one SQLite file of the data folder: one thread writes, a few read, and what is live is handed on
/// in memory. No call of SQLite runs on a thread that a request waits on.
/// </summary>
internal sealed class SqliteEventStore : IEventStore, IStoreState, IDisposable
{
    private const int RetainedAtOnce = 2000;

    private readonly StreamTails _tails;
    private readonly EventWriter _writer;
    private readonly ReadThreads _readers;
    private int _isDisposed;

    private SqliteEventStore(EventWriter writer, ReadThreads readers, StreamTails tails)
    {
        _writer = writer;
        _readers = readers;
        _tails = tails;
    }

    public ulong Epoch => _writer.Epoch;

    /// <summary>Why the store takes nothing any more; null while all is well.</summary>
    public EventStoreException? Closed => _writer.Closed;

    public bool IsReady => Closed is null;

    /// <inheritdoc/>
    public (long Events, long Commits) Written => (_writer.Events, _writer.Commits);

    /// <summary>Opens the file, creating it if needed; verifies one that was not closed in order.</summary>
    /// <param name="path">Beside it SQLite keeps its log, <c>-wal</c> and <c>-shm</c>.</param>
    /// <param name="time">Stamps events.</param>
    /// <param name="patience">How long to wait for another process to let go of the file; default 5 s.</param>
    /// <param name="mostPages">The largest file, in pages of 4 KB; no limit but the disk's without.</param>
    /// <exception cref="StartException">It cannot be opened or is damaged.</exception>
    public static SqliteEventStore Open(
        string path, TimeProvider time, TimeSpan? patience = null, long? mostPages = null)
    {
        var wait = patience ?? TimeSpan.FromSeconds(5);
        var connection = EventFile.OpenForWriting(path, wait);
        if (mostPages is { } pages)
        {
            EventFile.Execute(connection, $"PRAGMA max_page_count = {pages}");
        }

        var tails = new StreamTails();
        var readers = new ReadThreads(path, wait);
        return new SqliteEventStore(new EventWriter(connection, tails, time), readers, tails);
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
        return _writer.Ask(new AppendWork(stream, StreamLimits.Check(events), expectedSeq, sender), cancellation);
    }

    public Task<StreamPage> ReadAsync(
        string stream, StreamCursor? after, int limit, CancellationToken cancellation = default)
    {
        StreamLimits.CheckRead(stream, limit);
        return _readers.RunAsync(q => q.Read(stream, after, limit, Epoch), cancellation);
    }

    public Task<StreamPage> ReadBackAsync(
        string stream, StreamCursor? before, int limit, CancellationToken cancellation = default)
    {
        StreamLimits.CheckRead(stream, limit);
        return _readers.RunAsync(q => q.ReadBack(stream, before, limit, Epoch), cancellation);
    }

    public IAsyncEnumerable<StreamItem> WatchAsync(
        IReadOnlyList<WatchedStream> streams,
        int mostBehind = StreamLimits.TailEvents,
        CancellationToken cancellation = default)
    {
        StreamLimits.CheckWatch(streams, mostBehind);
        return new StreamWatch(_tails, ReadAsync, mostBehind).RunAsync(streams, cancellation);
    }

    public async Task<long> RetainAsync(
        string stream, long? count, TimeSpan? age, CancellationToken cancellation = default)
    {
        StreamLimits.CheckName(stream);
        ArgumentOutOfRangeException.ThrowIfNegative(count ?? 0, nameof(count));
        var total = 0L;
        long dropped;
        do
        {
            // A step at a time: appends pass in between.
            dropped = await _writer.Ask(
                new RareWork<long>(t => EventUpkeep.Retain(t, stream, count, age, RetainedAtOnce)), cancellation);
            total += dropped;
        }
        while (dropped == RetainedAtOnce);
        return total;
    }

    public Task<bool> EraseAsync(string stream, long seq, CancellationToken cancellation = default)
    {
        StreamLimits.CheckErase(stream);
        return _writer.Ask(new RareWork<bool>(t => EventUpkeep.Erase(t, stream, seq), scrubs: true), cancellation);
    }

    public Task SnapshotAsync(
        string stream, long seq, ReadOnlyMemory<byte> state, CancellationToken cancellation = default)
    {
        StreamLimits.CheckSnapshot(stream, state);
        var copy = state.ToArray();
        return _writer.Ask(new RareWork<bool>(t => EventUpkeep.Keep(t, stream, seq, copy)), cancellation);
    }

    public Task<StreamSnapshot?> ReadSnapshotAsync(string stream, CancellationToken cancellation = default)
    {
        StreamLimits.CheckName(stream);
        return _readers.RunAsync(q => q.Snapshot(stream), cancellation);
    }

    public Task<IReadOnlyList<StreamHead>> ListAsync(CancellationToken cancellation = default) =>
        _readers.RunAsync(IReadOnlyList<StreamHead> (q) => q.List(Epoch), cancellation);

    public Task ExportAsync(Stream output, CancellationToken cancellation = default) => _readers.RunAsync(
        q =>
        {
            EventArchive.Export(q.Connection, output);
            return true;
        },
        cancellation);

    public Task ImportAsync(Stream input, bool keepEpoch, CancellationToken cancellation = default) =>
        _writer.Ask(new RareWork<long>(t => EventArchive.Import(t, input, keepEpoch)), cancellation);

    /// <summary>Stores what waits, ends all watches, and closes the file.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _readers.Dispose();
            _writer.Dispose();
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
