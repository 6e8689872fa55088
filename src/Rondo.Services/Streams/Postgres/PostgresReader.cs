using System.Data;
using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>What is asked of the tables. Each question is one statement, so that its answer is of one moment.</summary>
internal sealed class PostgresReader(PostgresAddress address, NpgsqlDataSource source)
{
    private static readonly string Forwards = Page("seq > $2 AND seq <= s.last", "");
    private static readonly string Backwards = Page("seq < $2 AND seq >= s.first", "DESC");

    public Task<StreamPage> ReadAsync(
        string stream, StreamCursor? after, int limit, CancellationToken cancellation) =>
        ReadAsync(Forwards, stream, after?.Seq ?? 0, after, limit, cancellation);

    public Task<StreamPage> ReadBackAsync(
        string stream, StreamCursor? before, int limit, CancellationToken cancellation) => ReadAsync(
            Backwards, stream, before?.Seq ?? long.MaxValue,
            before is { } cursor ? cursor with { Seq = cursor.Seq - 1 } : null, limit, cancellation);

    public Task<StreamSnapshot?> SnapshotAsync(string stream, CancellationToken cancellation) => AskAsync(
        "SELECT p.seq, p.at, p.state FROM snapshots p JOIN streams s ON s.id = p.stream WHERE s.name = $1",
        async rows => await rows.ReadAsync(cancellation)
            ? new StreamSnapshot(
                stream, rows.GetInt64(0), PostgresSql.Instant(rows.GetInt64(1)), rows.GetFieldValue<byte[]>(2))
            : null,
        cancellation, stream);

    public Task<IReadOnlyList<StreamHead>> ListAsync(CancellationToken cancellation) => AskAsync(
        "SELECT epoch, name, first, last FROM streams, store ORDER BY name",
        async rows =>
        {
            var heads = new List<StreamHead>();
            while (await rows.ReadAsync(cancellation))
            {
                heads.Add(new StreamHead(
                    rows.GetString(1), rows.GetInt64(2), rows.GetInt64(3), PostgresEpoch.Parse(rows.GetString(0))));
            }

            return (IReadOnlyList<StreamHead>)heads;
        },
        cancellation);

    /// <summary>The epoch, and of each stream that is there its newest event and how often something was erased.</summary>
    public Task<(ulong Epoch, Dictionary<string, (long Last, long Erasures)> Heads)> HeadsAsync(
        string[] streams, CancellationToken cancellation) => AskAsync(
        "SELECT epoch, name, last, erasures FROM store LEFT JOIN streams ON name = ANY ($1)",
        async rows =>
        {
            var (epoch, heads) = (0UL, new Dictionary<string, (long, long)>());
            while (await rows.ReadAsync(cancellation))
            {
                epoch = PostgresEpoch.Parse(rows.GetString(0));
                if (!rows.IsDBNull(1))
                {
                    heads.Add(rows.GetString(1), (rows.GetInt64(2), rows.GetInt64(3)));
                }
            }

            return (epoch, heads);
        },
        cancellation, [streams]);

    /// <summary>The tombstones of erased events from one event on.</summary>
    public Task<List<StreamEvent>> ErasedAsync(string stream, long first, CancellationToken cancellation) => AskAsync(
        "SELECT e.seq, e.at, e.type, e.data, e.key FROM events e JOIN streams s ON s.id = e.stream "
            + "WHERE s.name = $1 AND e.seq >= $2 AND e.type = 'erased'",
        async rows =>
        {
            var erased = new List<StreamEvent>();
            while (await rows.ReadAsync(cancellation))
            {
                erased.Add(Event(rows, stream, 0));
            }

            return erased;
        },
        cancellation, stream, first);

    /// <summary>The event of a row whose columns from <paramref name="column"/> on are seq, at, type, data, key.</summary>
    public static StreamEvent Event(NpgsqlDataReader row, string stream, int column) => new(
        stream, row.GetInt64(column), PostgresSql.Instant(row.GetInt64(column + 1)), row.GetString(column + 2),
        row.GetFieldValue<byte[]>(column + 3),
        row.IsDBNull(column + 4) ? null : PostgresSql.Text(row.GetFieldValue<byte[]>(column + 4)));

    // The innermost part goes along the key; a page ends after so many bytes, which the database counts without
    // reading the data.
    private static string Page(string range, string order) => $"""
        SELECT store.epoch, s.first, s.last, e.seq, e.at, e.type, e.data, e.key
        FROM store
        LEFT JOIN streams s ON s.name = $1
        LEFT JOIN LATERAL (
            SELECT p.*, sum(octet_length(p.data)) OVER (ORDER BY p.seq {order}) - octet_length(p.data) AS before
            FROM (
                SELECT seq, at, type, data, key FROM events
                WHERE stream = s.id AND {range} ORDER BY seq {order} LIMIT $3
            ) p
        ) e ON e.before < $4
        ORDER BY e.seq {order}
        """;

    private Task<StreamPage> ReadAsync(
        string sql, string stream, long from, StreamCursor? cursor, int limit, CancellationToken cancellation) => AskAsync(
        sql,
        async rows =>
        {
            if (!await rows.ReadAsync(cancellation))
            {
                throw new EventStoreException(
                    EventStoreFailure.Unavailable,
                    "The event store has lost its epoch. 'rondo streams repair' gives it a new one.");
            }

            var epoch = PostgresEpoch.Parse(rows.GetString(0));
            var head = rows.IsDBNull(1)
                ? new StreamHead(stream, 1, 0, epoch)
                : new StreamHead(stream, rows.GetInt64(1), rows.GetInt64(2), epoch);
            if (cursor is { } place && head.IsLost(place))
            {
                return new StreamPage(head, [], IsReset: true);
            }

            var events = new List<StreamEvent>();
            for (var isRow = !rows.IsDBNull(3); isRow; isRow = await rows.ReadAsync(cancellation))
            {
                events.Add(Event(rows, stream, 3));
            }

            return new StreamPage(head, events, IsReset: false);
        },
        cancellation, stream, from, (long)limit, (long)StreamLimits.LargestPageBytes);

    private Task<T> AskAsync<T>(
        string sql, Func<NpgsqlDataReader, Task<T>> read, CancellationToken cancellation, params object[] values) =>
        PostgresError.GuardAsync(address.Name, async () =>
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await using var command = PostgresSql.Command(connection, sql, values);
            await using var rows = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellation);
            return await read(rows);
        });
}
