using System.Runtime.CompilerServices;
using Rondo.Services.Streams;

namespace Rondo.Services.Tests.Chat;

/// <summary>A store on a disk that is full, or slow, when a test says so.</summary>
internal sealed class FullableStore : IEventStore
{
    private IEventStore _store = null!;

    public bool IsFull { get; set; }

    /// <summary>What happens elsewhere after each page that is read backwards.</summary>
    public Func<Task> Meanwhile { get; set; } = () => Task.CompletedTask;

    /// <summary>What a page that begins behind a cursor waits for.</summary>
    public Func<StreamCursor?, Task> BeforeRead { get; set; } = _ => Task.CompletedTask;

    /// <summary>What happens elsewhere after each page that begins behind a cursor.</summary>
    public Func<StreamCursor?, Task> AfterRead { get; set; } = _ => Task.CompletedTask;

    /// <summary>What those who watch wait for before each item.</summary>
    public Func<Task> BeforeWatched { get; set; } = () => Task.CompletedTask;

    public ulong Epoch => _store.Epoch;

    public FullableStore Over(IEventStore store)
    {
        _store = store;
        return this;
    }

    public Task<IReadOnlyList<StoredEvent>> AppendAsync(
        string stream, IReadOnlyList<NewEvent> events, long? expectedSeq = null, string sender = "",
        CancellationToken cancellation = default) => IsFull
        ? Task.FromException<IReadOnlyList<StoredEvent>>(
            new EventStoreException(EventStoreFailure.Full, "The disk is full."))
        : _store.AppendAsync(stream, events, expectedSeq, sender, cancellation);

    public async Task<StreamPage> ReadAsync(
        string stream, StreamCursor? after, int limit, CancellationToken cancellation = default)
    {
        await BeforeRead(after);
        var page = await _store.ReadAsync(stream, after, limit, cancellation);
        await AfterRead(after);
        return page;
    }

    public async Task<StreamPage> ReadBackAsync(
        string stream, StreamCursor? before, int limit, CancellationToken cancellation = default)
    {
        var page = await _store.ReadBackAsync(stream, before, limit, cancellation);
        await Meanwhile();
        return page;
    }

    public async IAsyncEnumerable<StreamItem> WatchAsync(
        IReadOnlyList<WatchedStream> streams, int mostBehind = StreamLimits.TailEvents,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var item in _store.WatchAsync(streams, mostBehind, cancellation))
        {
            await BeforeWatched();
            yield return item;
        }
    }

    public Task<long> RetainAsync(
        string stream, long? count, TimeSpan? age, CancellationToken cancellation = default) =>
        _store.RetainAsync(stream, count, age, cancellation);

    public Task<bool> EraseAsync(string stream, long seq, CancellationToken cancellation = default) =>
        _store.EraseAsync(stream, seq, cancellation);

    public Task SnapshotAsync(
        string stream, long seq, ReadOnlyMemory<byte> state, CancellationToken cancellation = default) =>
        _store.SnapshotAsync(stream, seq, state, cancellation);

    public Task<StreamSnapshot?> ReadSnapshotAsync(string stream, CancellationToken cancellation = default) =>
        _store.ReadSnapshotAsync(stream, cancellation);

    public Task<IReadOnlyList<StreamHead>> ListAsync(CancellationToken cancellation = default) =>
        _store.ListAsync(cancellation);

    public Task ExportAsync(Stream output, CancellationToken cancellation = default) =>
        _store.ExportAsync(output, cancellation);

    public Task ImportAsync(Stream input, bool keepEpoch, CancellationToken cancellation = default) =>
        _store.ImportAsync(input, keepEpoch, cancellation);

    public ValueTask DisposeAsync() => default;
}
