using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Rondo.Services.Hosting;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Streams.Sqlite;

namespace Rondo.Services.Backup;

/// <summary>
/// All tables of a place as of one moment, which is that of opening, beside a server that goes on.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class TableSnapshot : IDisposable
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly IDisposable? _source;
    private readonly List<BackupTable> _tables;

    private TableSnapshot(DbConnection connection, DbTransaction transaction, string columns, IDisposable? source)
    {
        (_connection, _transaction, _source) = (connection, transaction, source);
        Moment = connection is SqliteConnection
            ? null
            : Read("SELECT pg_export_snapshot()", row => row.GetString(0))[0];
        Versions = Read(
            "SELECT room, version FROM schema_versions", row => (row.GetString(0), row.GetInt32(1))).ToDictionary();
        _tables = [.. Read(columns, row => (Table: row.GetString(0), Column: row.GetString(1)))
            .GroupBy(c => c.Table, c => c.Column)
            .Select(t => new BackupTable(
                t.Key,
                [.. t],
                Read($"SELECT count(*) FROM {TableArchive.Quoted(t.Key)}", row => row.GetInt64(0))[0]))];
    }

    /// <summary>What another connection to the database is told to see the same moment; null for a file.</summary>
    public string? Moment { get; }

    /// <summary>The version of each room's tables.</summary>
    public Dictionary<string, int> Versions { get; }

    /// <summary>The rows of all tables.</summary>
    public long Rows => _tables.Sum(t => t.Rows);

    public static TableSnapshot OfFile(string path, TimeSpan patience)
    {
        var connection = EventFile.OpenForReading(path, patience);
        return Open(connection, () => connection.BeginTransaction(deferred: true), SqliteDatabase.AllColumns, null);
    }

    /// <summary>Null when there are no tables.</summary>
    /// <exception cref="StartException">The database cannot be used.</exception>
    public static TableSnapshot? OfDatabase(PostgresAddress address)
    {
        using (var tables = PostgresDatabase.OpenForReading(address))
        {
            if (tables is null)
            {
                return null;
            }
        }

        var source = address.ForTables();
        try
        {
            var connection = source.OpenConnection();
            return Open(
                connection, () => BeginPatiently(connection), PostgresDatabase.AllColumns(address), source);
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error))
        {
            source.Dispose();
            throw PostgresError.Refuse(error, address.Name);
        }
    }

    /// <summary>Writes them as <see cref="TableLines"/>, rows in the order of their keys.</summary>
    public void Export(Stream output)
    {
        TableLines.WriteHead(output, _tables);
        foreach (var table in _tables)
        {
            var order = table.Columns.Count > 1 ? "1, 2" : "1";
            using var command = Command(
                $"SELECT {string.Join(", ", table.Columns.Select(TableArchive.Quoted))} "
                    + $"FROM {TableArchive.Quoted(table.Name)} ORDER BY {order}");
            using var reader = command.ExecuteReader();
            var values = new object[table.Columns.Count];
            while (reader.Read())
            {
                reader.GetValues(values);
                TableLines.WriteRow(output, table, values);
            }
        }
    }

    /// <summary>What the database keeps under the name of a file; null when it keeps no such secret.</summary>
    public byte[]? Kept(string name) => _connection is SqliteConnection
        ? null
        : Read("SELECT name, secret FROM kept", row => (Name: row.GetString(0), Secret: row.GetFieldValue<byte[]>(1)))
            .FirstOrDefault(k => k.Name == name).Secret;

    public void Dispose()
    {
        _transaction.Dispose();
        _connection.Dispose();
        _source?.Dispose();
    }

    private static TableSnapshot Open(
        DbConnection connection, Func<DbTransaction> begin, string columns, IDisposable? source)
    {
        try
        {
            return new TableSnapshot(connection, begin(), columns, source);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // It waits while the events are written, however many there are.
    private static NpgsqlTransaction BeginPatiently(NpgsqlConnection connection)
    {
        var transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
        using var wait = new NpgsqlCommand("SET LOCAL idle_in_transaction_session_timeout = 0", connection);
        wait.ExecuteNonQuery();
        return transaction;
    }

    private List<T> Read<T>(string sql, Func<DbDataReader, T> row)
    {
        using var command = Command(sql);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    private DbCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, _transaction);
        return command;
    }
}
