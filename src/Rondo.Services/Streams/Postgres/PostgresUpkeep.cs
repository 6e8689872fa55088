using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// What happens to streams besides appends. Whoever changes a stream locks its row first, as appends do. Old events go by
/// ranges of the primary key: a partition holds one range of all streams, and each stream keeps another one.
/// </summary>
internal sealed class PostgresUpkeep(
    PostgresAddress address, NpgsqlDataSource source, LeaderFence? fence, TimeProvider time) : IDisposable
{
    private const int RetainedAtOnce = 2000;
    private const int SweptAtOnce = 1000;

    private readonly PostgresVacuum _vacuum = new(address, source);

    private readonly record struct Head(long Id, long First, long Last);

    public async Task<long> RetainAsync(
        string stream, long? count, TimeSpan? age, CancellationToken cancellation)
    {
        var total = 0L;
        long dropped;
        do
        {
            // A step at a time: appends pass in between.
            dropped = await InTransactionAsync(
                stream, (connection, head) => RetainAsync(connection, head, count, age, cancellation), cancellation);
            total += dropped;
        }
        while (dropped == RetainedAtOnce);
        return total;
    }

    /// <summary>
    /// Puts a tombstone over an event, hands it on, and removes the text from the tables; null when there is none.
    /// </summary>
    public async Task<StreamEvent?> EraseAsync(
        string stream, long seq, Action<StreamEvent> replace, CancellationToken cancellation)
    {
        // The caller's loop may end after the first step, and the text must go all the same.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var at = await InTransactionAsync(
            stream, (connection, head) => EraseAsync(connection, head, seq, cancellation), cancellation);
        if (at is null)
        {
            return null;
        }

        var tombstone = new StreamEvent(
            stream, seq, PostgresSql.Instant(at.Value), StreamEvent.Erased, "{}"u8.ToArray(), null);
        replace(tombstone);
        await _vacuum.RunAsync(cancellation);
        return tombstone;
    }

    public Task<bool> KeepAsync(string stream, long seq, byte[] state, CancellationToken cancellation) =>
        InTransactionAsync(
            stream,
            async (connection, head) =>
            {
                if (head is not { } kept || seq < kept.First - 1 || seq > kept.Last)
                {
                    throw new ArgumentException($"The stream '{stream}' has no event {seq}.", nameof(seq));
                }

                var stored = await PostgresSql.ExecuteAsync(
                    connection,
                    "INSERT INTO snapshots AS s VALUES ($1, $2, $3, $4) ON CONFLICT (stream) DO UPDATE "
                        + "SET seq = excluded.seq, at = excluded.at, state = excluded.state WHERE s.seq <= excluded.seq",
                    [kept.Id, seq, Now, state], cancellation);
                return stored == 1
                    ? true
                    : throw new ArgumentException($"The stream '{stream}' has a newer snapshot.", nameof(seq));
            },
            cancellation);

    /// <summary>Forgets keys that do not count any more; several nodes may do it at once.</summary>
    public Task<int> SweepAsync(CancellationToken cancellation) => GuardAsync(async () =>
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        return await LeaderFence.ExecuteAsync(
            connection, fence,
            "DELETE FROM keys WHERE ctid = ANY (ARRAY("
                + "SELECT ctid FROM keys WHERE at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            [Now - (long)StreamLimits.KeyLife.TotalMilliseconds, (long)SweptAtOnce], cancellation);
    });

    public void Dispose() => _vacuum.Dispose();

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<long> RetainAsync(
        NpgsqlConnection connection, Head? found, long? count, TimeSpan? age, CancellationToken cancellation)
    {
        if (found is not { } head)
        {
            return 0;
        }

        var first = count is { } kept ? Math.Max(head.First, head.Last - kept + 1) : head.First;
        if (age is { } oldest)
        {
            first = Math.Max(first, await PostgresSql.ScalarAsync(
                connection,
                "SELECT seq FROM events WHERE stream = $1 AND seq >= $2 AND at >= $3 ORDER BY seq LIMIT 1",
                [head.Id, first, Now - (long)oldest.TotalMilliseconds], cancellation) ?? head.Last + 1);
        }

        // The readers of a folded stream start with its snapshot: what came after it they need.
        if (await PostgresSql.ScalarAsync(
            connection, "SELECT seq FROM snapshots WHERE stream = $1", [head.Id], cancellation) is { } snapshot)
        {
            first = Math.Max(head.First, Math.Min(first, snapshot + 1));
        }

        var dropped = Math.Min(RetainedAtOnce, first - head.First);
        if (dropped > 0)
        {
            await PostgresSql.ExecuteAsync(
                connection, "DELETE FROM events WHERE stream = $1 AND seq >= $2 AND seq < $3",
                [head.Id, head.First, head.First + dropped], cancellation);
            await PostgresSql.ExecuteAsync(
                connection, "UPDATE streams SET first = $2 WHERE id = $1", [head.Id, head.First + dropped], cancellation);
        }

        return dropped;
    }

    // The time of the event, or null when there is none.
    private static async Task<long?> EraseAsync(
        NpgsqlConnection connection, Head? found, long seq, CancellationToken cancellation)
    {
        if (found is not { } head || seq < head.First || seq > head.Last)
        {
            return null;
        }

        var at = await PostgresSql.ScalarAsync(
            connection,
            "UPDATE events SET type = $3, data = $4, key = NULL WHERE stream = $1 AND seq = $2 RETURNING at",
            [head.Id, seq, StreamEvent.Erased, "{}"u8.ToArray()], cancellation);

        // A hash of a short text gives the text away; the key itself still counts.
        await PostgresSql.ExecuteAsync(
            connection, "UPDATE keys SET hash = '' WHERE stream = $1 AND seq = $2", [head.Id, seq], cancellation);
        await PostgresSql.ExecuteAsync(
            connection, "UPDATE streams SET erasures = erasures + 1 WHERE id = $1", [head.Id], cancellation);
        return at;
    }

    private Task<T> InTransactionAsync<T>(
        string stream, Func<NpgsqlConnection, Head?, Task<T>> work, CancellationToken cancellation) =>
        GuardAsync(async () =>
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var result = await work(connection, await LockAsync(connection, stream, cancellation));
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        });

    private Task<T> GuardAsync<T>(Func<Task<T>> ask) => PostgresError.GuardAsync(address.Name, ask, fence);

    private async Task<Head?> LockAsync(NpgsqlConnection connection, string stream, CancellationToken cancellation)
    {
        await using var batch = LeaderFence.Batch(connection, fence);
        batch.BatchCommands.Add(PostgresSql.BatchCommand(
            "SELECT id, first, last FROM streams WHERE name = $1 FOR UPDATE", stream));
        await using var row = await batch.ExecuteReaderAsync(cancellation);
        if (fence is not null)
        {
            await row.NextResultAsync(cancellation);
        }

        return await row.ReadAsync(cancellation)
            ? new Head(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))
            : null;
    }
}
