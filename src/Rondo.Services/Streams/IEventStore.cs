namespace Rondo.Services.Streams;

/// <summary>
/// Named, append-only sequences of events: what everything live stands on. Numbers run from 1 without a gap in each
/// stream; there is no order across streams. Every member may be called from any thread; none blocks it.
/// docs/services/streams.md has the promises in full.
/// </summary>
internal interface IEventStore : IAsyncDisposable
{
    /// <summary>Names the unbroken history that all cursors belong to; random.</summary>
    ulong Epoch { get; }

    /// <summary>Stores all events or none, and returns once they are durable. Completes in the order of numbers.</summary>
    /// <param name="stream">The stream; the first event creates it.</param>
    /// <param name="events">1 to 1,000, each with a key of its own or all without.</param>
    /// <param name="expectedSeq">The number of what must be the newest event, 0 for an empty stream.</param>
    /// <param name="sender">Who the keys belong to.</param>
    /// <param name="cancellation">Counts until the writer takes the append on; afterwards it is carried out.</param>
    /// <exception cref="ArgumentException">A name, type, key or data is none.</exception>
    /// <exception cref="AppendConflictException">Wrong <paramref name="expectedSeq"/>, or a key used otherwise.</exception>
    /// <exception cref="EventStoreException">It could not be made durable.</exception>
    Task<IReadOnlyList<StoredEvent>> AppendAsync(
        string stream,
        IReadOnlyList<NewEvent> events,
        long? expectedSeq = null,
        string sender = "",
        CancellationToken cancellation = default);

    /// <summary>
    /// Durable events after a cursor, oldest first; from the oldest that is kept without one. Fewer than
    /// <paramref name="limit"/> when they are large; none only when there are no more.
    /// </summary>
    Task<StreamPage> ReadAsync(
        string stream, StreamCursor? after, int limit, CancellationToken cancellation = default);

    /// <summary>Durable events before the one that the cursor names, newest first; from the newest without one.</summary>
    Task<StreamPage> ReadBackAsync(
        string stream, StreamCursor? before, int limit, CancellationToken cancellation = default);

    /// <summary>
    /// Everything after the cursors, then what comes, each event once and without a gap between the two. Ends with
    /// <see cref="StreamItemKind.Resume"/> when the watcher, once live, falls more than <paramref name="mostBehind"/>
    /// events behind; never slows an append.
    /// </summary>
    /// <param name="streams">Each at most once; there is no order across them.</param>
    /// <param name="mostBehind">1 to 1,024.</param>
    /// <param name="cancellation">Ends the watch.</param>
    /// <exception cref="EventStoreException">The store has been closed or has failed.</exception>
    IAsyncEnumerable<StreamItem> WatchAsync(
        IReadOnlyList<WatchedStream> streams,
        int mostBehind = StreamLimits.TailEvents,
        CancellationToken cancellation = default);

    /// <summary>
    /// Drops the oldest events until at most <paramref name="count"/> are left and none is older than
    /// <paramref name="age"/>, but none after the stream's snapshot if it has one. Returns how many went.
    /// </summary>
    Task<long> RetainAsync(string stream, long? count, TimeSpan? age, CancellationToken cancellation = default);

    /// <summary>
    /// Puts a tombstone in the place of an event and removes its data from the store's files. False when there is no
    /// such event. It does not reach into snapshots: their owner writes a clean one first.
    /// </summary>
    /// <exception cref="InvalidOperationException">The stream is <c>audit</c>, which nobody may change.</exception>
    Task<bool> EraseAsync(string stream, long seq, CancellationToken cancellation = default);

    /// <summary>Keeps the state after event <paramref name="seq"/>, in the place of an older one.</summary>
    /// <exception cref="ArgumentException">No such event, or a newer snapshot is there already.</exception>
    Task SnapshotAsync(
        string stream, long seq, ReadOnlyMemory<byte> state, CancellationToken cancellation = default);

    Task<StreamSnapshot?> ReadSnapshotAsync(string stream, CancellationToken cancellation = default);

    /// <summary>All streams, by name.</summary>
    Task<IReadOnlyList<StreamHead>> ListAsync(CancellationToken cancellation = default);

    /// <summary>Writes everything as of one moment: a manifest, then JSON lines.</summary>
    Task ExportAsync(Stream output, CancellationToken cancellation = default);

    /// <summary>Takes an export into an empty store, whole or not at all; the epoch is a new one unless kept.</summary>
    /// <exception cref="InvalidDataException">A line that is not what the manifest announces.</exception>
    /// <exception cref="InvalidOperationException">The store is not empty.</exception>
    Task ImportAsync(Stream input, bool keepEpoch, CancellationToken cancellation = default);
}
