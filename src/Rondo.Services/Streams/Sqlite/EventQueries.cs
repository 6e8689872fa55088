using Microsoft.Data.Sqlite;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>What is asked of the file, on one connection and therefore on one thread.</summary>
internal sealed class EventQueries : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _end;
    private readonly SqliteCommand _head;
    private readonly SqliteCommand _forwards;
    private readonly SqliteCommand _backwards;

    public EventQueries(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN");
        _end = Prepare("ROLLBACK");
        _head = Prepare("SELECT id, first, last FROM streams WHERE name = $name", "$name");
        const string columns = "SELECT id, at, type, data, key FROM events WHERE ";
        _forwards = Prepare(
            columns + "id > $after AND id <= $last ORDER BY id LIMIT $limit", "$after", "$last", "$limit");
        _backwards = Prepare(
            columns + "id < $before AND id >= $first ORDER BY id DESC LIMIT $limit", "$before", "$first", "$limit");
    }

    public SqliteConnection Connection => _connection;

    public StreamPage Read(string stream, StreamCursor? after, int limit, ulong epoch) => InOneView(() =>
    {
        var (id, head) = Head(stream, epoch);
        if (after is { } cursor && head.IsLost(cursor))
        {
            return new StreamPage(head, [], IsReset: true);
        }

        Bind(_forwards, Row(id, after?.Seq ?? 0), Row(id, head.Last), (long)limit);
        return new StreamPage(head, Events(_forwards, stream), IsReset: false);
    });

    public StreamPage ReadBack(string stream, StreamCursor? before, int limit, ulong epoch) => InOneView(() =>
    {
        var (id, head) = Head(stream, epoch);
        if (before is { } cursor && head.IsLost(cursor with { Seq = cursor.Seq - 1 }))
        {
            return new StreamPage(head, [], IsReset: true);
        }

        Bind(_backwards, Row(id, before?.Seq ?? head.Last + 1), Row(id, head.First), (long)limit);
        return new StreamPage(head, Events(_backwards, stream), IsReset: false);
    });

    public StreamSnapshot? Snapshot(string stream)
    {
        using var command = Prepare(
            "SELECT s.seq, s.at, s.state FROM snapshots s JOIN streams ON streams.id = s.stream WHERE name = $name",
            "$name");
        Bind(command, stream);
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new StreamSnapshot(stream, reader.GetInt64(0), Instant(reader.GetInt64(1)), reader.GetFieldValue<byte[]>(2))
            : null;
    }

    public List<StreamHead> List(ulong epoch)
    {
        using var command = Prepare("SELECT name, first, last FROM streams ORDER BY name");
        using var reader = command.ExecuteReader();
        var heads = new List<StreamHead>();
        while (reader.Read())
        {
            heads.Add(new StreamHead(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), epoch));
        }

        return heads;
    }

    public static long Row(long stream, long seq) => (stream << EventFile.SeqBits) | seq;

    public static long SeqOf(long row) => row & ((1L << EventFile.SeqBits) - 1);

    public static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static StreamEvent Event(SqliteDataReader row, string stream) => new(
        stream, SeqOf(row.GetInt64(0)), Instant(row.GetInt64(1)), row.GetString(2), row.GetFieldValue<byte[]>(3),
        row.IsDBNull(4) ? null : row.GetString(4));

    public void Dispose()
    {
        foreach (var command in new[] { _begin, _end, _head, _forwards, _backwards })
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    // The head and the events of one answer must fit together.
    private StreamPage InOneView(Func<StreamPage> read)
    {
        _begin.ExecuteNonQuery();
        try
        {
            return read();
        }
        finally
        {
            _end.ExecuteNonQuery();
        }
    }

    private (long Id, StreamHead Head) Head(string stream, ulong epoch)
    {
        Bind(_head, stream);
        using var reader = _head.ExecuteReader();
        return reader.Read()
            ? (reader.GetInt64(0), new StreamHead(stream, reader.GetInt64(1), reader.GetInt64(2), epoch))
            : (0, new StreamHead(stream, 1, 0, epoch));
    }

    private static List<StreamEvent> Events(SqliteCommand command, string stream)
    {
        using var reader = command.ExecuteReader();
        var events = new List<StreamEvent>();
        for (var bytes = 0; bytes < StreamLimits.LargestPageBytes && reader.Read(); bytes += events[^1].Data.Length)
        {
            events.Add(Event(reader, stream));
        }

        return events;
    }

    private static void Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }
}
