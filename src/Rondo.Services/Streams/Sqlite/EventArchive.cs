using System.Buffers;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>
/// Writes a store as JSON lines: a manifest that says what follows, then events, snapshots and keys. It sees one
/// moment, also beside a server that goes on writing.
/// </summary>
internal static class EventArchive
{
    public const string Format = "rondo-streams";
    public const int Version = 1;

    private const int Block = 64 * 1024;

    public static void Export(SqliteConnection connection, Stream output)
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        var buffer = new ArrayBufferWriter<byte>(Block);
        WriteLine(json => WriteManifest(json, connection));
        Each(
            connection,
            "SELECT e.id, e.at, e.type, e.data, e.key, s.name FROM events e JOIN streams s ON s.id = e.id >> 40 "
                + "ORDER BY e.id",
            row => WriteLine(json =>
            {
                json.WriteString("kind", "event");
                json.WriteString("stream", row.GetString(5));
                StreamJson.WriteMembers(json, EventQueries.Event(row, row.GetString(5)));
            }));
        Each(
            connection,
            "SELECT name, p.seq, p.at, p.state FROM snapshots p JOIN streams s ON s.id = p.stream",
            row => WriteLine(json =>
            {
                json.WriteString("kind", "snapshot");
                WritePlace(json, row);
                json.WriteBase64String("state", row.GetFieldValue<byte[]>(3));
            }));
        Each(
            connection,
            "SELECT name, k.seq, k.at, k.sender, k.key, k.hash FROM keys k JOIN streams s ON s.id = k.stream",
            row => WriteLine(json =>
            {
                json.WriteString("kind", "key");
                WritePlace(json, row);
                json.WriteString("sender", row.GetString(3));
                json.WriteString("key", row.GetString(4));
                json.WriteBase64String("hash", row.GetFieldValue<byte[]>(5));
            }));
        Send();
        output.Flush();

        void WriteLine(Action<Utf8JsonWriter> members)
        {
            using (var json = new Utf8JsonWriter(buffer, StreamJson.Readable))
            {
                json.WriteStartObject();
                members(json);
                json.WriteEndObject();
            }

            buffer.Write("\n"u8);
            if (buffer.WrittenCount >= Block)
            {
                Send();
            }
        }

        void Send()
        {
            output.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }
    }

    /// <summary>Takes an export over inside the writer's transaction, which must be that of an empty store.</summary>
    public static long Import(EventTables tables, Stream input, bool keepEpoch)
    {
        if (tables.Scalar("SELECT count(*) FROM streams") > 0)
        {
            throw new InvalidOperationException("An export is imported into an empty store only, and this one is not.");
        }

        using var lines = new StreamReader(input, leaveOpen: true);
        var import = new EventImport(tables);
        var number = 0L;
        while (lines.ReadLine() is { } line)
        {
            number++;
            try
            {
                import.Add(line);
            }
            catch (Exception error) when (error is JsonException or ArgumentException or FormatException
                or InvalidDataException or InvalidOperationException or KeyNotFoundException or OverflowException)
            {
                throw new InvalidDataException($"Line {number} of the export cannot be taken over: {error.Message}", error);
            }
        }

        import.Finish();
        tables.ChangeEpoch(keepEpoch ? import.Epoch : null);
        return import.Events;
    }

    private static void WriteManifest(Utf8JsonWriter json, SqliteConnection connection)
    {
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("epoch", StreamCursor.Format(EventFile.Epoch(connection)));
        json.WriteNumber("snapshots", EventFile.Scalar(connection, "SELECT count(*) FROM snapshots"));
        json.WriteNumber("keys", EventFile.Scalar(connection, "SELECT count(*) FROM keys"));
        json.WriteStartArray("streams");
        Each(connection, "SELECT name, first, last, at FROM streams ORDER BY id", row =>
        {
            json.WriteStartObject();
            json.WriteString("stream", row.GetString(0));
            json.WriteNumber("first", row.GetInt64(1));
            json.WriteNumber("last", row.GetInt64(2));
            json.WriteString("at", StreamJson.Text(EventQueries.Instant(row.GetInt64(3))));
            json.WriteEndObject();
        });
        json.WriteEndArray();
    }

    private static void WritePlace(Utf8JsonWriter json, SqliteDataReader row)
    {
        json.WriteString("stream", row.GetString(0));
        json.WriteNumber("seq", row.GetInt64(1));
        json.WriteString("at", StreamJson.Text(EventQueries.Instant(row.GetInt64(2))));
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
}
