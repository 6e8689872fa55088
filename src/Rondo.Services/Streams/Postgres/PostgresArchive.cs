using System.Data;
using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// Writes the streams of a database as <see cref="ArchiveLines"/> and takes them over again: what comes from files goes
/// into a database and back. It sees one moment, also beside nodes that go on writing.
/// </summary>
internal static class PostgresArchive
{
    private const int LinesAtOnce = 500;
    private const int BytesAtOnce = 4 * 1024 * 1024;

    /// <param name="connection">To the database; no transaction is begun.</param>
    /// <param name="output">Where to.</param>
    /// <param name="snapshot">What <c>pg_export_snapshot()</c> gave for the moment to be seen; null for now.</param>
    /// <param name="cancellation">Ends it with a part written.</param>
    public static async Task ExportAsync(
        NpgsqlConnection connection, Stream output, string? snapshot, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead, cancellation);
        if (snapshot is not null)
        {
            await using var see = new NpgsqlCommand($"SET TRANSACTION SNAPSHOT '{snapshot}'", connection);
            await see.ExecuteNonQueryAsync(cancellation);
        }

        var lines = new ArchiveLines();
        await AddManifestAsync(connection, lines, cancellation);
        await EachAsync(
            "SELECT s.name, e.seq, e.at, e.type, e.data, e.key FROM events e JOIN streams s ON s.id = e.stream "
                + "ORDER BY e.stream, e.seq",
            row => lines.AddEvent(PostgresReader.Event(row, row.GetString(0), 1)));
        await EachAsync(
            "SELECT name, p.seq, p.at, p.state FROM snapshots p JOIN streams s ON s.id = p.stream ORDER BY s.id",
            row => lines.AddSnapshot(new StreamSnapshot(
                row.GetString(0), row.GetInt64(1), PostgresSql.Instant(row.GetInt64(2)),
                row.GetFieldValue<byte[]>(3))));
        await EachAsync(
            "SELECT name, k.seq, k.at, k.sender, k.key, k.hash FROM keys k JOIN streams s ON s.id = k.stream "
                + "ORDER BY s.id, k.seq, k.sender, k.key",
            row => lines.AddKey(
                row.GetString(0), PostgresSql.Text(row.GetFieldValue<byte[]>(3)),
                PostgresSql.Text(row.GetFieldValue<byte[]>(4)),
                new UsedKey(row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<byte[]>(5))));
        await output.WriteAsync(lines.Text, cancellation);
        await output.FlushAsync(cancellation);

        async Task EachAsync(string sql, Action<NpgsqlDataReader> add)
        {
            await using var command = Unlimited(connection, sql);
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
            {
                add(rows);
                if (lines.IsFull)
                {
                    await output.WriteAsync(lines.Text, cancellation);
                    lines.Clear();
                }
            }
        }
    }

    /// <summary>Takes an export into an empty store, whole or not at all. Returns the events.</summary>
    public static Task<long> ImportAsync(
        NpgsqlConnection connection, LeaderFence? fence, Stream input, bool keepEpoch, CancellationToken cancellation) =>
        ImportAsync(connection, fence, input, keepEpoch ? null : PostgresEpoch.MakeNew(), cancellation);

    /// <summary>The same with an epoch that the caller knows; null keeps that of the export.</summary>
    public static async Task<long> ImportAsync(
        NpgsqlConnection connection, LeaderFence? fence, Stream input, ulong? epoch, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);

        // Nobody appends meanwhile.
        await LeaderFence.ExecuteAsync(
            connection, fence, "LOCK TABLE streams IN EXCLUSIVE MODE", [], cancellation);
        if (await PostgresSql.ScalarAsync(connection, "SELECT count(*) FROM streams", [], cancellation) > 0)
        {
            throw new InvalidOperationException(EventImport.NotEmpty);
        }

        var target = new PostgresImport(connection);
        var import = new EventImport(target);
        using var lines = new StreamReader(input, leaveOpen: true);
        while (await lines.ReadLineAsync(cancellation) is { } line)
        {
            import.Add(line);
            if (target.Lines >= LinesAtOnce || target.Bytes >= BytesAtOnce)
            {
                await target.SendAsync(cancellation);
            }
        }

        import.Finish();
        await target.FinishAsync(cancellation);
        await PostgresEpoch.ChangeAsync(connection, epoch ?? import.Epoch, cancellation);
        await transaction.CommitAsync(CancellationToken.None);
        return import.Events;
    }

    private static async Task AddManifestAsync(
        NpgsqlConnection connection, ArchiveLines lines, CancellationToken cancellation)
    {
        var streams = new List<ArchiveLines.AnnouncedStream>();
        await using (var command = Unlimited(connection, "SELECT name, first, last, at FROM streams ORDER BY id"))
        await using (var rows = await command.ExecuteReaderAsync(cancellation))
        {
            while (await rows.ReadAsync(cancellation))
            {
                streams.Add(new(
                    rows.GetString(0), rows.GetInt64(1), rows.GetInt64(2), PostgresSql.Instant(rows.GetInt64(3))));
            }
        }

        await using var counts = Unlimited(
            connection, "SELECT epoch, (SELECT count(*) FROM snapshots), (SELECT count(*) FROM keys) FROM store");
        await using var row = await counts.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        lines.AddManifest(PostgresEpoch.Parse(row.GetString(0)), row.GetInt64(1), row.GetInt64(2), streams);
    }

    // It takes as long as there are events.
    private static NpgsqlCommand Unlimited(NpgsqlConnection connection, string sql)
    {
        var command = PostgresSql.Command(connection, sql);
        command.CommandTimeout = 0;
        return command;
    }
}
