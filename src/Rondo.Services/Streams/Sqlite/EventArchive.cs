using Microsoft.Data.Sqlite;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>
/// Writes a file's streams as <see cref="ArchiveLines"/> and takes them over again. It sees one moment, also beside a
/// server that goes on writing.
/// </summary>
internal static class EventArchive
{
    public static void Export(SqliteConnection connection, Stream output)
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        var lines = new ArchiveLines();
        var streams = new List<ArchiveLines.AnnouncedStream>();
        Each(connection, "SELECT name, first, last, at FROM streams ORDER BY id", row => streams.Add(
            new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), EventQueries.Instant(row.GetInt64(3)))));
        lines.AddManifest(
            EventFile.Epoch(connection),
            EventFile.Scalar(connection, "SELECT count(*) FROM snapshots"),
            EventFile.Scalar(connection, "SELECT count(*) FROM keys"),
            streams);
        Each(
            connection,
            "SELECT e.id, e.at, e.type, e.data, e.key, s.name FROM events e JOIN streams s ON s.id = e.id >> 40 "
                + "ORDER BY e.id",
            row => Add(() => lines.AddEvent(EventQueries.Event(row, row.GetString(5)))));
        Each(
            connection,
            "SELECT name, p.seq, p.at, p.state FROM snapshots p JOIN streams s ON s.id = p.stream",
            row => Add(() => lines.AddSnapshot(new StreamSnapshot(
                row.GetString(0), row.GetInt64(1), EventQueries.Instant(row.GetInt64(2)),
                row.GetFieldValue<byte[]>(3)))));
        Each(
            connection,
            "SELECT name, k.seq, k.at, k.sender, k.key, k.hash FROM keys k JOIN streams s ON s.id = k.stream",
            row => Add(() => lines.AddKey(
                row.GetString(0), row.GetString(3), row.GetString(4),
                new UsedKey(row.GetInt64(1), row.GetInt64(2), row.GetFieldValue<byte[]>(5)))));
        Send();
        output.Flush();

        void Add(Action line)
        {
            line();
            if (lines.IsFull)
            {
                Send();
            }
        }

        void Send()
        {
            output.Write(lines.Text.Span);
            lines.Clear();
        }
    }

    /// <summary>Takes an export over inside the writer's transaction, which must be that of an empty store.</summary>
    public static long Import(EventTables tables, Stream input, bool keepEpoch)
    {
        if (tables.Scalar("SELECT count(*) FROM streams") > 0)
        {
            throw new InvalidOperationException(EventImport.NotEmpty);
        }

        using var lines = new StreamReader(input, leaveOpen: true);
        var import = new EventImport(new Target(tables));
        while (lines.ReadLine() is { } line)
        {
            import.Add(line);
        }

        import.Finish();
        tables.ChangeEpoch(keepEpoch ? import.Epoch : null);
        return import.Events;
    }

    private static void Each(SqliteConnection connection, string sql, Action<SqliteDataReader> row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            row(reader);
        }
    }

    private sealed class Target(EventTables tables) : IImportTarget
    {
        public long AddStream(string name, long first, long last, long at) => tables.Scalar(
            "INSERT INTO streams (name, first, last, at) VALUES ($1, $2, $3, $4) RETURNING id",
            name, first, last, at)!.Value;

        public void AddEvent(long stream, long seq, long at, string type, byte[] data, string? key) => tables.Execute(
            "INSERT INTO events (id, at, type, data, key) VALUES ($1, $2, $3, $4, $5)",
            EventQueries.Row(stream, seq), at, type, data, key);

        public void AddSnapshot(long stream, long seq, long at, byte[] state) => tables.Execute(
            "INSERT INTO snapshots VALUES ($1, $2, $3, $4)", stream, seq, at, state);

        public void AddKey(long stream, string sender, string key, UsedKey used) =>
            tables.AddKey(stream, sender, key, used);
    }
}
