namespace Rondo.Services.Streams.Sqlite;

/// <summary>
/// An append. It decides on conflicts before it inserts anything, so that a bad one fails alone in its group.
/// </summary>
internal sealed class AppendWork(string stream, NewEvent[] events, long? expectedSeq, string sender)
    : WriteWork<IReadOnlyList<StoredEvent>>
{
    private const int RowBytes = 64;

    public override int Weight { get; } = events.Sum(e => e.Data.Length + RowBytes);

    public override bool IsUndoable => false;

    protected override IReadOnlyList<StoredEvent> Do(EventTables tables)
    {
        var state = tables.Find(stream);
        if (state is not null && events[0].Key is not null
            && AppendRules.FindRepeated(stream, state.Last, events, k => tables.FindKey(state, sender, k))
                is { } repeated)
        {
            return repeated;
        }

        AppendRules.CheckExpected(stream, state?.Last ?? 0, expectedSeq);
        state ??= tables.Create(stream);
        var now = tables.Now;
        var stored = new StoredEvent[events.Length];
        for (var i = 0; i < events.Length; i++)
        {
            var added = tables.Add(state, events[i], now);
            stored[i] = new StoredEvent(added.Seq, added.At, IsRepeated: false);
            if (added.Key is not null)
            {
                var used = new UsedKey(added.Seq, state.At, AppendRules.Hash(events[i]));
                tables.AddKey(state.Id, sender, added.Key, used);
            }
        }

        return stored;
    }
}
