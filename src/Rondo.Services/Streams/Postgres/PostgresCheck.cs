using System.Runtime.CompilerServices;
using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// Whether the tables hold what they promise, numbers without gaps; and a repair of them. What PostgreSQL itself cannot
/// read is its own tools' affair.
/// </summary>
internal static class PostgresCheck
{
    /// <summary>More than this between two events is damage to a number, not a loss.</summary>
    private const long MostLost = 1_000_000;

    private const string Numbers = """
        SELECT s.name, s.first, s.last, count(e.seq), min(e.seq), max(e.seq)
        FROM streams s LEFT JOIN events e ON e.stream = s.id
        GROUP BY s.id
        HAVING count(e.seq) <> s.last - s.first + 1
            OR count(e.seq) > 0 AND (min(e.seq) <> s.first OR max(e.seq) <> s.last)
        ORDER BY s.name
        """;

    private const string Strays = "SELECT count(*) FROM events WHERE stream NOT IN (SELECT id FROM streams)";

    private const string Epochs = "SELECT count(*) FROM store WHERE epoch ~ '^[0-9a-f]{16}$'";

    // Numbers stay as they are; what is missing between them is a tombstone with the time of the event before it.
    private static readonly string[] Repairs =
    [
        "LOCK TABLE streams IN EXCLUSIVE MODE",
        "DELETE FROM events WHERE stream NOT IN (SELECT id FROM streams)",
        $"""
        UPDATE streams s SET first = n.first, last = n.last FROM (
            SELECT e.stream, min(e.seq) AS first,
                CASE WHEN max(s.last) > max(e.seq) + {MostLost} THEN max(e.seq)
                    ELSE greatest(max(s.last), max(e.seq)) END AS last
            FROM events e JOIN streams s ON s.id = e.stream GROUP BY e.stream
        ) n WHERE s.id = n.stream
        """,
        "UPDATE streams s SET first = s.last + 1 WHERE NOT EXISTS (SELECT FROM events e WHERE e.stream = s.id)",
    ];

    private const string Fill = """
        INSERT INTO events (stream, seq, at, type, data)
        SELECT s.id, n, coalesce((
            SELECT e.at FROM events e WHERE e.stream = s.id AND e.seq < n ORDER BY e.seq DESC LIMIT 1), s.at), 'lost', '{}'
        FROM streams s, generate_series(s.first, s.last) AS n
        WHERE NOT EXISTS (SELECT FROM events e WHERE e.stream = s.id AND e.seq = n)
        """;

    /// <summary>Everything that is wrong, as of one moment.</summary>
    public static async IAsyncEnumerable<string> MistakesAsync(
        NpgsqlConnection connection, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var transaction = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellation);
        if (await CountAsync(connection, Epochs) != 1)
        {
            yield return "the epoch is missing or is none";
        }

        await using (var command = new NpgsqlCommand(Numbers, connection) { CommandTimeout = 0 })
        await using (var rows = await command.ExecuteReaderAsync(cancellation))
        {
            while (await rows.ReadAsync(cancellation))
            {
                yield return $"stream '{rows.GetString(0)}' should hold events {rows.GetInt64(1)} to {rows.GetInt64(2)}, "
                    + $"and holds {rows.GetInt64(3)}";
            }
        }

        if (await CountAsync(connection, Strays) is var strays and > 0)
        {
            yield return $"{strays} events belong to no stream";
        }
    }

    /// <summary>Makes the numbers whole again, in a new epoch. Returns streams, events and tombstones.</summary>
    public static async Task<(long Streams, long Events, long Lost)> RepairAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var sql in Repairs)
        {
            await RunAsync(connection, sql);
        }

        var events = await CountAsync(connection, "SELECT count(*) FROM events");
        var lost = await RunAsync(connection, Fill);
        await PostgresEpoch.ChangeAsync(connection, PostgresEpoch.MakeNew());
        var streams = await CountAsync(connection, "SELECT count(*) FROM streams");
        await transaction.CommitAsync();
        return (streams, events, lost);
    }

    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
