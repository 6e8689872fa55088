using Microsoft.Data.Sqlite;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>
/// The thread that owns the only writing connection. It takes everything that waits into one transaction, so that many
/// appends share one fsync: while one is under way, the next group gathers. When nothing waits it checkpoints.
/// </summary>
internal sealed class EventWriter : IDisposable
{
    private const int MostGroupBytes = 4 * 1024 * 1024;
    private const long MostWaitingBytes = 64 * 1024 * 1024;

    /// <summary>The log is moved into the file after so much even if there is never nothing to do.</summary>
    private const long MostLogBytes = 32 * 1024 * 1024;

    private static readonly TimeSpan IdleTime = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly Queue<WriteWork> _waiting = new();
    private readonly List<WriteWork> _group = [];
    private readonly EventTables _tables;
    private readonly StreamTails _tails;
    private readonly Thread _thread;
    private EventStoreException? _closed;
    private long _waitingBytes;
    private long _logBytes;
    private bool _isClosing;
    private bool _isScrubDue;

    public EventWriter(SqliteConnection connection, StreamTails tails, TimeProvider time)
    {
        _tables = new EventTables(connection, time);
        _tails = tails;
        Epoch = _tables.Epoch;
        _isScrubDue = EventFile.Meta(connection, EventFile.ScrubMark) == "1";
        _thread = new Thread(Run) { IsBackground = true, Name = "rondo-events-write" };
        _thread.Start();
    }

    public ulong Epoch { get; private set; }

    /// <summary>Transactions so far; each is one fsync.</summary>
    public long Commits { get; private set; }

    /// <summary>Events appended so far.</summary>
    public long Events { get; private set; }

    /// <summary>Why nothing is taken any more; null while all is well.</summary>
    public EventStoreException? Closed => Volatile.Read(ref _closed);

    /// <exception cref="EventStoreException">The store is closed, or too much waits.</exception>
    public Task<T> Ask<T>(WriteWork<T> work, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellation);
        }

        lock (_gate)
        {
            if (_closed is { } closed)
            {
                throw new EventStoreException(closed.Failure, closed.Message, closed);
            }

            if (_waitingBytes > MostWaitingBytes)
            {
                throw new EventStoreException(
                    EventStoreFailure.Overloaded, "More waits to be stored than the disk takes on. Try again later.");
            }

            _waiting.Enqueue(work);
            _waitingBytes += work.Weight;
            Monitor.Pulse(_gate);
        }

        work.CancelWhen(cancellation);
        return work.Done;
    }

    /// <summary>Stores what waits, moves the log into the file, and closes it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Run()
    {
        FinishScrub();
        while (TakeGroup())
        {
            Store();
        }

        Close(new EventStoreException(EventStoreFailure.Closed, "The event store is closed."));
        try
        {
            if (_closed!.Failure is EventStoreFailure.Closed)
            {
                EventFile.SetMeta(_tables.Connection, "clean", "1");
                EventFile.Execute(_tables.Connection, "PRAGMA wal_checkpoint(TRUNCATE)");
            }
        }
        catch (SqliteException)
        {
            // The next start finds the mark of an unclean end, and verifies.
        }

        _tables.Dispose();
        _tables.Connection.Dispose();
    }

    // An erasure that was cut off is nobody's to ask for again. If it fails, the next one does it, too.
    private void FinishScrub()
    {
        try
        {
            Scrub();
        }
        catch (EventStoreException error)
        {
            Fail(error);
        }
    }

    private bool TakeGroup()
    {
        _group.Clear();
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_isClosing || _closed is not null)
                {
                    return false;
                }

                if (_logBytes == 0)
                {
                    Monitor.Wait(_gate);
                }
                else if (!Monitor.Wait(_gate, IdleTime))
                {
                    break;
                }
            }

            var weight = 0;
            while (weight < MostGroupBytes && _waiting.TryDequeue(out var work))
            {
                weight += work.Weight;
                if (work.TryTake())
                {
                    _group.Add(work);
                }
            }

            _waitingBytes -= weight;
            _logBytes += weight;
        }

        return true;
    }

    private void Store()
    {
        try
        {
            if (_group.Count == 0 || _logBytes > MostLogBytes)
            {
                EventFile.Execute(_tables.Connection, "PRAGMA wal_checkpoint(PASSIVE)");
                _logBytes = 0;
            }

            if (_group.Count > 0)
            {
                StoreGroup();
            }
        }
        catch (Exception error)
        {
            _tables.Rollback();
            Fail(error as EventStoreException ?? SqliteError.Describe(error));
        }
    }

    private void StoreGroup()
    {
        _tables.Begin();
        foreach (var work in _group)
        {
            try
            {
                RunOne(work);
            }
            catch (Exception refusal) when (refusal is AppendConflictException
                || (work.IsUndoable && refusal is not EventStoreException))
            {
                work.Refuse(refusal);
            }
        }

        _tables.Commit();
        Commits++;
        Events += _tables.Appended.Count;
        Epoch = _tables.Epoch;
        _tables.Erased.ForEach(_tails.Replace);
        _isScrubDue |= _tables.Erased.Count > 0;
        _group.FindAll(w => !w.Scrubs).ForEach(w => w.Complete());
        _tails.Publish(_tables.Appended);
        _tables.Appended.Clear();
        _tables.Erased.Clear();
        _group.RemoveAll(w => !w.Scrubs);
        if (_group.Count > 0)
        {
            Scrub();
            _group.ForEach(w => w.Complete());
        }
    }

    private void RunOne(WriteWork work)
    {
        if (!work.IsUndoable)
        {
            work.Run(_tables);
            return;
        }

        // It must see, and if it fails keep, what the appends before it did to the heads.
        _tables.Execute("SAVEPOINT work");
        try
        {
            work.Run(_tables);
            _tables.Execute("RELEASE work");
        }
        catch (SqliteException error)
        {
            // The file's failure is that of the whole group.
            throw SqliteError.Describe(error);
        }
        catch
        {
            _tables.Execute("ROLLBACK TO work");
            _tables.Execute("RELEASE work");
            throw;
        }
    }

    // Pages that were rebuilt may hold old text in their gaps, and the log holds pages as they were.
    private void Scrub()
    {
        if (!_isScrubDue)
        {
            return;
        }

        try
        {
            _tables.Execute("VACUUM");
            if (EventFile.Scalar(_tables.Connection, "PRAGMA wal_checkpoint(TRUNCATE)") != 0)
            {
                throw new SqliteException("The log is in use.", SqliteError.Busy);
            }

            EventFile.SetMeta(_tables.Connection, EventFile.ScrubMark, "0");
            (_isScrubDue, _logBytes) = (false, 1);
        }
        catch (SqliteException error)
        {
            throw new EventStoreException(
                SqliteError.Describe(error).Failure,
                $"The event is a tombstone now, but its text may still be in the file: {error.Message} Erase it again.",
                error);
        }
    }

    private void Fail(EventStoreException reason)
    {
        if (reason.Failure is EventStoreFailure.Broken)
        {
            Close(reason);
        }

        _group.ForEach(w => w.Fail(reason));
    }

    private void Close(EventStoreException reason)
    {
        List<WriteWork> waiting;
        lock (_gate)
        {
            _closed ??= reason;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        waiting.FindAll(w => w.TryTake()).ForEach(w => w.Fail(_closed));
        _tails.Close(_closed);
    }
}
