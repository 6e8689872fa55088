using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>Gathers what an import reads and sends many rows at once, inside the import's transaction.</summary>
internal sealed class PostgresImport(NpgsqlConnection connection) : IImportTarget
{
    private readonly List<NpgsqlBatchCommand> _rows = [];
    private long _lastId;

    /// <summary>What waits to be sent.</summary>
    public int Lines => _rows.Count;

    /// <summary>The same in bytes of data.</summary>
    public long Bytes { get; private set; }

    // The store is empty: its numbers are given here.
    public long AddStream(string name, long first, long last, long at)
    {
        Add("INSERT INTO streams (id, name, first, last, at) VALUES ($1, $2, $3, $4, $5)", ++_lastId, name, first, last, at);
        return _lastId;
    }

    public void AddEvent(long stream, long seq, long at, string type, byte[] data, string? key)
    {
        Bytes += data.Length;
        if (key is null)
        {
            Add("INSERT INTO events VALUES ($1, $2, $3, $4, $5, NULL)", stream, seq, at, type, data);
        }
        else
        {
            Add("INSERT INTO events VALUES ($1, $2, $3, $4, $5, $6)", stream, seq, at, type, data, PostgresSql.Bytes(key));
        }
    }

    public void AddSnapshot(long stream, long seq, long at, byte[] state)
    {
        Bytes += state.Length;
        Add("INSERT INTO snapshots VALUES ($1, $2, $3, $4)", stream, seq, at, state);
    }

    public void AddKey(long stream, string sender, string key, UsedKey used) => Add(
        "INSERT INTO keys VALUES ($1, $2, $3, $4, $5, $6)",
        stream, PostgresSql.Bytes(sender), PostgresSql.Bytes(key), used.Seq, used.At, used.Hash);

    public async Task SendAsync(CancellationToken cancellation)
    {
        if (_rows.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
            _rows.ForEach(batch.BatchCommands.Add);
            await batch.ExecuteNonQueryAsync(cancellation);
            _rows.Clear();
            Bytes = 0;
        }
    }

    /// <summary>Sends the rest; streams to come get the numbers that follow.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        await SendAsync(cancellation);
        await PostgresSql.ScalarAsync(
            connection,
            "SELECT setval(pg_get_serial_sequence('streams', 'id'), greatest(nextval(pg_get_serial_sequence("
                + "'streams', 'id')), $1))",
            [_lastId + 1], cancellation);
    }

    private void Add(string sql, params ReadOnlySpan<object> values) =>
        _rows.Add(PostgresSql.BatchCommand(sql, values));
}
