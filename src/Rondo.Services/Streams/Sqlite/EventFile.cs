using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Sqlite;

/// <summary>
/// The file <c>events.db</c>: how it is opened, what tables it has, and what it says of itself. It is a file of its
/// own, so that its writer waits for no other room, erasing rewrites events alone, and damage to it leaves keys and
/// rates whole.
/// </summary>
internal static class EventFile
{
    public const string Name = "events.db";

    /// <summary>SQLite's own default.</summary>
    public const int PageBytes = 4096;

    /// <summary>
    /// An event's row id is its stream's number and its own, so that one b-tree orders everything.
    /// </summary>
    public const int SeqBits = 40;

    /// <summary>Set while the file may hold text of events that are tombstones.</summary>
    public const string ScrubMark = "scrub";

    private const int Version = 1;

    private const string Schema = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE streams (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
            first INTEGER NOT NULL, last INTEGER NOT NULL, at INTEGER NOT NULL
        );
        CREATE TABLE events (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, data BLOB NOT NULL, key TEXT
        );
        CREATE TABLE keys (
            stream INTEGER NOT NULL, sender TEXT NOT NULL, key TEXT NOT NULL,
            seq INTEGER NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL, UNIQUE (stream, sender, key)
        );
        CREATE INDEX keys_at ON keys (at);
        CREATE TABLE snapshots (stream INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, state BLOB NOT NULL);
        """;

    static EventFile() => SQLitePCL.Batteries_V2.Init();

    public static string PathIn(string folder) => Path.Combine(folder, Name);

    /// <summary>
    /// Opens the file for writing, creating it if needed. A file that was not closed in order is verified.
    /// </summary>
    /// <exception cref="StartException">It cannot be opened, is damaged, or is of a newer version.</exception>
    public static SqliteConnection OpenForWriting(string path, TimeSpan patience)
    {
        DataFolder.MakePrivate(path);
        var connection = Connect(path, SqliteOpenMode.ReadWriteCreate, patience);
        try
        {
            // secure_delete: what is deleted is overwritten. Checkpoints are the writer's, when it has nothing to do.
            Execute(connection, """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
                PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;
                """);
            var version = Scalar(connection, "PRAGMA user_version");
            if (version > Version)
            {
                throw new StartException($"The event store '{path}' was written by a newer Rondo. Use that one.");
            }

            if (version == 0)
            {
                Create(connection);
            }
            else if (Meta(connection, "clean") != "1" && EventCheck.FirstMistake(connection) is { } mistake)
            {
                throw Damaged(path, mistake);
            }

            SetMeta(connection, "clean", "0");
            return connection;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw error.SqliteErrorCode switch
            {
                SqliteError.Busy or SqliteError.Locked =>
                    new StartException($"The event store '{path}' is locked by another process. Stop that process."),
                SqliteError.Full =>
                    new StartException($"The event store '{path}' cannot be opened: its disk is full. Make room on it."),
                _ => Damaged(path, error.Message),
            };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection that only reads; the file must be there.</summary>
    public static SqliteConnection OpenForReading(string path, TimeSpan patience)
    {
        // Reading a write-ahead log takes the right to write its index.
        var connection = Connect(path, SqliteOpenMode.ReadWrite, patience);
        try
        {
            Execute(connection, "PRAGMA query_only = ON");
            return connection;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw Damaged(path, error.Message);
        }
    }

    public static void Create(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        Execute(connection, Schema);
        SetMeta(connection, "epoch", StreamCursor.Format(NewEpoch()));
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Version}"));
        transaction.Commit();
    }

    public static ulong Epoch(SqliteConnection connection) =>
        StreamCursor.TryParseEpoch(Meta(connection, "epoch"), out var epoch)
            ? epoch
            : throw new StartException("The event store has lost its epoch. 'rondo streams repair' gives it a new one.");

    /// <summary>Starts a new history, so that no old cursor is taken for one of it.</summary>
    public static ulong ChangeEpoch(SqliteConnection connection, ulong? kept = null)
    {
        var epoch = kept ?? NewEpoch();
        SetMeta(connection, "epoch", StreamCursor.Format(epoch));
        return epoch;
    }

    public static void SetMeta(SqliteConnection connection, string name, string value)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO meta VALUES ($name, $value)";
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$value", value);
        command.ExecuteNonQuery();
    }

    public static string? Meta(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM meta WHERE name = $name";
        command.Parameters.AddWithValue("$name", name);
        return (string?)command.ExecuteScalar();
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    public static StartException Damaged(string path, string reason) => new(
        $"The event store '{path}' is damaged: {reason.TrimEnd('.')}. "
            + "'rondo streams repair' saves what can be read of it.");

    private static SqliteConnection Connect(string path, SqliteOpenMode mode, TimeSpan patience)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = mode,
                Pooling = false,
                DefaultTimeout = Math.Max(1, (int)patience.TotalSeconds),
            }.ToString());
        try
        {
            connection.Open();
            Execute(connection, string.Create(
                CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(long)patience.TotalMilliseconds}"));
            return connection;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw new StartException($"The event store '{path}' cannot be opened: {error.Message}");
        }
    }

    private static ulong NewEpoch() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
