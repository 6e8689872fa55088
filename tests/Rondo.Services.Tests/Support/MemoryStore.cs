using System.Runtime.CompilerServices;
using Rondo.Services.Streams;

namespace Rondo.Services.Tests.Support;

/// <summary>A store in memory that answers at once, so that what stands on it can be tested without threads.</summary>
internal sealed class MemoryStore : IEventStore
{
    private readonly List<StreamEvent> _events = [];
    private StreamSnapshot? _snapshot;
    private long _first = 1;

    public ulong Epoch { get; init; } = 7;

    public bool IsFull { get; set; }

    public int Appends { get; private set; }

    public IReadOnlyList<StreamEvent> Events => _events;

    public bool HasSnapshot => _snapshot is not null;

    public Task<IReadOnlyList<StoredEvent>> AppendAsync(
        string stream, IReadOnlyList<NewEvent> events, long? expectedSeq = null, string sender = "",
        CancellationToken cancellation = default)
    {
        if (IsFull)
        {
            return Task.FromException<IReadOnlyList<StoredEvent>>(
                new EventStoreException(EventStoreFailure.Full, "The disk is full."));
        }

        Appends++;
        var stored = StreamLimits.Check(events).Select(e =>
        {
            _events.Add(new StreamEvent(stream, _events.Count + 1, default, e.Type, e.Data, e.Key));
            return new StoredEvent(_events.Count, default, false);
        }).ToList();
        return Task.FromResult<IReadOnlyList<StoredEvent>>(stored);
    }

    public Task<StreamPage> ReadAsync(
        string stream, StreamCursor? after, int limit, CancellationToken cancellation = default)
    {
        var head = new StreamHead(stream, _first, _events.Count, Epoch);
        var isReset = after is { } cursor && head.IsLost(cursor);
        return Task.FromResult(new StreamPage(
            head,
            isReset ? [] : [.. _events.Where(e => e.Seq >= _first && e.Seq > (after?.Seq ?? 0)).Take(limit)],
            isReset));
    }

    public Task SnapshotAsync(
        string stream, long seq, ReadOnlyMemory<byte> state, CancellationToken cancellation = default)
    {
        _snapshot = new StreamSnapshot(stream, seq, default, state);
        return Task.CompletedTask;
    }

    public Task<StreamSnapshot?> ReadSnapshotAsync(string stream, CancellationToken cancellation = default) =>
        Task.FromResult(_snapshot);

    public Task<long> RetainAsync(
        string stream, long? count, TimeSpan? age, CancellationToken cancellation = default)
    {
        var first = Math.Min(_events.Count - (count ?? 0), _snapshot?.Seq ?? 0) + 1;
        var went = Math.Max(0, first - _first);
        _first += went;
        return Task.FromResult(went);
    }

    public Task<StreamPage> ReadBackAsync(
        string stream, StreamCursor? before, int limit, CancellationToken cancellation = default) =>
        Task.FromResult(new StreamPage(
            new StreamHead(stream, _first, _events.Count, Epoch),
            [.. _events.Where(e => e.Seq >= _first && e.Seq < (before?.Seq ?? long.MaxValue)).Reverse().Take(limit)],
            false));

    public async IAsyncEnumerable<StreamItem> WatchAsync(
        IReadOnlyList<WatchedStream> streams, int mostBehind = StreamLimits.TailEvents,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task<bool> EraseAsync(string stream, long seq, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<StreamHead>> ListAsync(CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public Task ExportAsync(Stream output, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task ImportAsync(Stream input, bool keepEpoch, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;
}
