using System.Security.Cryptography;
using System.Text;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>
/// An append. It decides on conflicts before it inserts anything, so that a bad one fails alone in its group.
/// </summary>
internal sealed class AppendWork(string stream, NewEvent[] events, long? expectedSeq, string sender)
    : WriteWork<IReadOnlyList<StoredEvent>>
{
    private const int HashBytes = 16;
    private const int RowBytes = 64;

    public override int Weight { get; } = events.Sum(e => e.Data.Length + RowBytes);

    public override bool IsUndoable => false;

    protected override IReadOnlyList<StoredEvent> Do(EventTables tables)
    {
        var state = tables.Find(stream);
        if (state is not null && events[0].Key is not null && FindRepeated(tables, state) is { } repeated)
        {
            return repeated;
        }

        var last = state?.Last ?? 0;
        if (expectedSeq is { } expected && expected != last)
        {
            throw new AppendConflictException(
                AppendConflict.ExpectedSeq, last, $"The stream '{stream}' ends with {last}, not with {expected}.");
        }

        state ??= tables.Create(stream);
        var now = tables.Now;
        var stored = new StoredEvent[events.Length];
        for (var i = 0; i < events.Length; i++)
        {
            var added = tables.Add(state, events[i], now);
            stored[i] = new StoredEvent(added.Seq, added.At, IsRepeated: false);
            if (added.Key is not null)
            {
                tables.AddKey(state, sender, added.Key, added.Seq, state.At, Hash(events[i]));
            }
        }

        return stored;
    }

    private StoredEvent[]? FindRepeated(EventTables tables, EventTables.StreamState state)
    {
        var repeated = new List<StoredEvent>();
        foreach (var added in events)
        {
            if (tables.FindKey(state, sender, added.Key!) is var (seq, at, hash))
            {
                // What was erased has no hash any more: its key still counts.
                if (hash.Length > 0 && !hash.AsSpan().SequenceEqual(Hash(added)))
                {
                    throw Reused(state, $"The key '{added.Key}' was used for other data, event {seq} of '{stream}'.");
                }

                repeated.Add(new StoredEvent(seq, EventQueries.Instant(at), IsRepeated: true));
            }
        }

        return repeated.Count == 0 ? null
            : repeated.Count == events.Length ? [.. repeated]
            : throw Reused(
                state, $"Some of the keys were used in '{stream}' already and some not: repeat an append as it was.");
    }

    private static AppendConflictException Reused(EventTables.StreamState state, string message) =>
        new(AppendConflict.KeyReused, state.Last, message);

    private static byte[] Hash(NewEvent hashed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(hashed.Type));
        hash.AppendData([0]);
        hash.AppendData(hashed.Data.Span);
        return hash.GetHashAndReset()[..HashBytes];
    }
}
