using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>
/// The tables as the writer sees them, inside its open transaction. It remembers the heads of the streams; after a
/// rollback it forgets them.
/// </summary>
internal sealed class EventTables : IDisposable
{
    private const int SweepRows = 1000;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, StreamState> _states = [];
    private readonly HashSet<StreamState> _changed = [];
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private DateTimeOffset _nextSweep;

    public EventTables(SqliteConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        Epoch = EventFile.Epoch(connection);
    }

    public SqliteConnection Connection => _connection;

    public ulong Epoch { get; private set; }

    /// <summary>Events of this transaction, to publish once they are durable.</summary>
    public List<StreamEvent> Appended { get; } = [];

    /// <summary>Tombstones of this transaction.</summary>
    public List<StreamEvent> Erased { get; } = [];

    public long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public void Begin() => Execute("BEGIN IMMEDIATE");

    /// <summary>Returns once everything is on the disk.</summary>
    public void Commit()
    {
        Sweep();
        foreach (var state in _changed)
        {
            Execute(
                "UPDATE streams SET first = $1, last = $2, at = $3 WHERE id = $4",
                state.First, state.Last, state.At, state.Id);
        }

        Execute("COMMIT");
        _changed.Clear();
    }

    public void Rollback()
    {
        Forget();
        try
        {
            Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // A failure can end the transaction by itself.
        }
    }

    public void Forget()
    {
        _states.Clear();
        _changed.Clear();
        Appended.Clear();
        Erased.Clear();
    }

    public StreamState? Find(string stream)
    {
        if (_states.TryGetValue(stream, out var state))
        {
            return state;
        }

        using var reader = Command("SELECT id, first, last, at FROM streams WHERE name = $1", stream).ExecuteReader();
        if (reader.Read())
        {
            state = new StreamState(reader.GetInt64(0), stream)
            {
                First = reader.GetInt64(1),
                Last = reader.GetInt64(2),
                At = reader.GetInt64(3),
            };
            _states.Add(stream, state);
        }

        return state;
    }

    public StreamState Create(string stream)
    {
        var id = (long)Command(
            "INSERT INTO streams (name, first, last, at) VALUES ($1, 1, 0, 0) RETURNING id", stream).ExecuteScalar()!;
        var state = new StreamState(id, stream) { First = 1 };
        _states.Add(stream, state);
        return state;
    }

    /// <summary>Adds the stream's next event.</summary>
    public StreamEvent Add(StreamState state, NewEvent added, long now)
    {
        state.At = Math.Max(now, state.At);
        var stored = new StreamEvent(
            state.Name, ++state.Last, EventQueries.Instant(state.At), added.Type, added.Data, added.Key);
        Execute(
            "INSERT INTO events (id, at, type, data, key) VALUES ($1, $2, $3, $4, $5)",
            EventQueries.Row(state.Id, stored.Seq), stored.At.ToUnixTimeMilliseconds(), stored.Type,
            Bytes(stored.Data), stored.Key);
        Touch(state);
        Appended.Add(stored);
        return stored;
    }

    /// <summary>The use of a key that still counts.</summary>
    public UsedKey? FindKey(StreamState state, string sender, string key)
    {
        using var reader = Command(
            "SELECT seq, at, hash FROM keys WHERE stream = $1 AND sender = $2 AND key = $3 AND at > $4",
            state.Id, sender, key, KeysCountFrom).ExecuteReader();
        return reader.Read()
            ? new UsedKey(reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2))
            : null;
    }

    public void AddKey(long stream, string sender, string key, UsedKey used) => Execute(
        "INSERT OR REPLACE INTO keys VALUES ($1, $2, $3, $4, $5, $6)",
        stream, sender, key, used.Seq, used.At, used.Hash);

    public void Touch(StreamState state) => _changed.Add(state);

    public ulong ChangeEpoch(ulong? kept) => Epoch = EventFile.ChangeEpoch(_connection, kept);

    public int Execute(string sql, params ReadOnlySpan<object?> values) => Command(sql, values).ExecuteNonQuery();

    public long? Scalar(string sql, params ReadOnlySpan<object?> values) => Command(sql, values).ExecuteScalar() as long?;

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }
    }

    // The store's own copy, in most cases as it is.
    private static byte[] Bytes(ReadOnlyMemory<byte> data) =>
        MemoryMarshal.TryGetArray(data, out var segment) && segment.Array!.Length == data.Length
            ? segment.Array
            : data.ToArray();

    private long KeysCountFrom => Now - (long)StreamLimits.KeyLife.TotalMilliseconds;

    // Under load there is never nothing to do: old keys go along with what is written.
    private void Sweep()
    {
        var now = _time.GetUtcNow();
        if (now >= _nextSweep)
        {
            var swept = Execute(
                "DELETE FROM keys WHERE rowid IN (SELECT rowid FROM keys WHERE at <= $1 LIMIT $2)",
                KeysCountFrom, SweepRows);
            _nextSweep = swept == SweepRows ? now : now + SweepInterval;
        }
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i });
            }

            _commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }

    /// <summary>A stream's head, with the time of its newest event in milliseconds.</summary>
    internal sealed class StreamState(long id, string name)
    {
        public long Id { get; } = id;

        public string Name { get; } = name;

        public long First { get; set; }

        public long Last { get; set; }

        public long At { get; set; }
    }
}
