namespace Rondo.Services.Streams.Sqlite;

/// <summary>What happens to a stream besides appends, inside the writer's transaction.</summary>
internal static class EventUpkeep
{
    /// <summary>Drops at most <paramref name="most"/> of the oldest events; returns how many.</summary>
    public static long Retain(EventTables tables, string stream, long? count, TimeSpan? age, int most)
    {
        if (tables.Find(stream) is not { } state)
        {
            return 0;
        }

        var first = count is { } kept ? Math.Max(state.First, state.Last - kept + 1) : state.First;
        if (age is { } oldest)
        {
            first = Math.Max(first, FirstSince(tables, state, tables.Now - (long)oldest.TotalMilliseconds));
        }

        // The readers of a folded stream start with its snapshot: what came after it they need.
        if (tables.Scalar("SELECT seq FROM snapshots WHERE stream = $1", state.Id) is { } snapshot)
        {
            first = Math.Max(state.First, Math.Min(first, snapshot + 1));
        }

        var dropped = Math.Min(most, first - state.First);
        if (dropped > 0)
        {
            tables.Execute(
                "DELETE FROM events WHERE id >= $1 AND id < $2",
                EventQueries.Row(state.Id, state.First), EventQueries.Row(state.Id, state.First + dropped));
            state.First += dropped;
            tables.Touch(state);
        }

        return dropped;
    }

    /// <summary>Puts a tombstone over an event; false when there is none.</summary>
    public static bool Erase(EventTables tables, string stream, long seq)
    {
        if (tables.Find(stream) is not { } state || seq < state.First || seq > state.Last)
        {
            return false;
        }

        var row = EventQueries.Row(state.Id, seq);
        if (tables.Scalar("SELECT at FROM events WHERE id = $1 AND type <> $2", row, StreamEvent.Erased)
            is not { } at)
        {
            return true;
        }

        var tombstone = new StreamEvent(
            stream, seq, EventQueries.Instant(at), StreamEvent.Erased, "{}"u8.ToArray(), null);
        tables.Execute(
            "UPDATE events SET type = $1, data = $2, key = NULL WHERE id = $3",
            tombstone.Type, tombstone.Data.ToArray(), row);

        // A hash of a short text gives the text away; the key itself still counts.
        tables.Execute("UPDATE keys SET hash = x'' WHERE stream = $1 AND seq = $2", state.Id, seq);
        EventFile.SetMeta(tables.Connection, EventFile.ScrubMark, "1");
        tables.Erased.Add(tombstone);
        return true;
    }

    public static bool Keep(EventTables tables, string stream, long seq, byte[] snapshot)
    {
        if (tables.Find(stream) is not { } state || seq < state.First - 1 || seq > state.Last)
        {
            throw new ArgumentException($"The stream '{stream}' has no event {seq}.", nameof(seq));
        }

        if (tables.Scalar("SELECT seq FROM snapshots WHERE stream = $1", state.Id) > seq)
        {
            throw new ArgumentException($"The stream '{stream}' has a newer snapshot.", nameof(seq));
        }

        tables.Execute(
            "INSERT OR REPLACE INTO snapshots VALUES ($1, $2, $3, $4)", state.Id, seq, tables.Now, snapshot);
        return true;
    }

    private static long FirstSince(EventTables tables, EventTables.StreamState state, long time) =>
        tables.Scalar(
            "SELECT id FROM events WHERE id >= $1 AND id <= $2 AND at >= $3 ORDER BY id LIMIT 1",
            EventQueries.Row(state.Id, state.First), EventQueries.Row(state.Id, state.Last), time) is { } row
            ? EventQueries.SeqOf(row)
            : state.Last + 1;
}
