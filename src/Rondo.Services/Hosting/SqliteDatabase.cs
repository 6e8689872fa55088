using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Rondo.Services.Hosting;

/// <summary>The tables in the SQLite file of a data folder; secrets are files beside it.</summary>
internal sealed class SqliteDatabase : Database
{
    // https://sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int NotADatabase = 26;

    // Another process that changes keys is done within milliseconds. Longer than this, nobody's thread waits.
    private const int PatienceSeconds = 2;

    private readonly SqliteConnection _connection;
    private readonly string _path;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    private SqliteDatabase(
        SqliteConnection connection, string path, bool readsOnly, IReadOnlyDictionary<string, int>? stopAt)
        : base(readsOnly, stopAt) => (_connection, _path) = (connection, path);

    /// <summary>See <see cref="Database.Columns"/>.</summary>
    public static string AllColumns => """
        SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' AND m.name <> 'schema_versions'
        ORDER BY m.name, c.cid
        """;

    public override string Name => $"The database '{_path}'";

    /// <summary>Opens the file, creating it if needed.</summary>
    /// <exception cref="StartException">The file cannot be opened or is no database.</exception>
    public static SqliteDatabase Open(string path) => Open(path, readsOnly: false);

    /// <summary>The same, but the tables of the rooms named become those of an older version.</summary>
    /// <param name="path">The file.</param>
    /// <param name="versions">By room; the tables of other rooms become those of today.</param>
    /// <exception cref="StartException">The file cannot be opened or is no database.</exception>
    public static SqliteDatabase OpenAt(string path, IReadOnlyDictionary<string, int> versions) =>
        Open(path, readsOnly: false, versions);

    /// <summary>Opens an existing file as it is, beside a running server; null when there is none.</summary>
    /// <exception cref="StartException">The file cannot be opened or is no database.</exception>
    public static SqliteDatabase? OpenForReading(string path) => File.Exists(path) ? Open(path, readsOnly: true) : null;

    /// <summary>
    /// Keeps it in a file of its own that only its owner can read: a copy of the database alone does not have it.
    /// </summary>
    /// <inheritdoc />
    public override (byte[] Secret, string Place) Keep(string name, Func<byte[]> make)
    {
        var path = Path.Combine(Path.GetDirectoryName(_path)!, name);
        try
        {
            if (!File.Exists(path))
            {
                PrivateFile.Write(path, make());
            }

            return (File.ReadAllBytes(path), $"'{path}'");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"'{path}' cannot be used: {error.Message}");
        }
    }

    protected override string ColumnsSql => AllColumns;

    protected override DbConnection Connect() => _connection;

    protected override DbTransaction BeginWriting() => _connection.BeginTransaction();

    protected override DbTransaction BeginMigration() => _connection.BeginTransaction();

    protected override void Commit(DbTransaction transaction) => transaction.Commit();

    protected override long ReadVersion()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "PRAGMA data_version";
        return (long)command.ExecuteScalar()!;
    }

    protected override void Close() => _connection.Dispose();

    protected override Exception? Describe(Exception error) => error is SqliteException failed
        ? failed.SqliteErrorCode switch
        {
            Busy or Locked => new DatabaseException(
                DatabaseFailure.Busy, $"{Name} is held by another process. Nothing was stored.", error),
            Full => new DatabaseException(
                DatabaseFailure.Full, $"{Name} cannot be used: its disk is full. Make room on it.", error),
            Corrupt or NotADatabase => Unusable(_path, failed),
            _ => new DatabaseException(DatabaseFailure.Refused, $"{Name} cannot be used: {error.Message}", error),
        }
        : null;

    private static SqliteDatabase Open(
        string path, bool readsOnly, IReadOnlyDictionary<string, int>? stopAt = null)
    {
        // Reading a write-ahead log takes the right to write its index.
        var mode = readsOnly ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadWriteCreate;
        if (!readsOnly)
        {
            DataFolder.MakePrivate(path);
        }

        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = mode,
                Pooling = false,
                DefaultTimeout = PatienceSeconds,
            }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = readsOnly
                ? "SELECT 1 FROM sqlite_master"
                : """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = FULL;
                    CREATE TABLE IF NOT EXISTS schema_versions (
                        room TEXT PRIMARY KEY, version INTEGER NOT NULL
                    ) WITHOUT ROWID
                    """;
            command.ExecuteNonQuery();
            return new SqliteDatabase(connection, path, readsOnly, stopAt);
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw Unusable(path, error);
        }
    }

    private static StartException Unusable(string path, SqliteException error) => new(
        error.SqliteErrorCode is Full
            ? $"The database '{path}' cannot be opened: its disk is full. Make room on it."
            : $"The database '{path}' cannot be opened: {error.Message} Move it away to start with an empty one.");
}
