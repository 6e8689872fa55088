using Microsoft.Data.Sqlite;

namespace Rondo.Services.Hosting;

/// <summary>
/// The SQLite file of a data folder. Calls are synchronous and serialised by one lock: SQLite's are too, and what is
/// kept here is written a few times a day and read at start.
/// </summary>
internal sealed class Database : IDisposable
{
    // https://sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int NotADatabase = 26;

    // Another process that changes keys is done within milliseconds. Longer than this, nobody's thread waits.
    private const int PatienceSeconds = 2;

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly bool _readsOnly;
    private readonly IReadOnlyDictionary<string, int> _stopAt;

    static Database() => SQLitePCL.Batteries_V2.Init();

    private Database(
        SqliteConnection connection, string path, bool readsOnly, IReadOnlyDictionary<string, int> stopAt)
    {
        _connection = connection;
        _path = path;
        _readsOnly = readsOnly;
        _stopAt = stopAt;
    }

    /// <summary>Opens the file, creating it if needed.</summary>
    /// <exception cref="StartException">The file cannot be opened or is no database.</exception>
    public static Database Open(string path) => Open(path, readsOnly: false);

    /// <summary>
    /// The same, but the tables of the rooms named become those of an older version: rows of that time are put into
    /// them, and who opens the file next brings both up to date.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="versions">By room; the tables of other rooms become those of today.</param>
    /// <exception cref="StartException">The file cannot be opened or is no database.</exception>
    public static Database OpenAt(string path, IReadOnlyDictionary<string, int> versions) =>
        Open(path, readsOnly: false, versions);

    /// <summary>Opens an existing file as it is, beside a running server; null when there is none.</summary>
    /// <exception cref="StartException">The file cannot be opened or is no database.</exception>
    public static Database? OpenForReading(string path) => File.Exists(path) ? Open(path, readsOnly: true) : null;

    /// <summary>
    /// Brings one room's tables up to date: runs those of its <paramref name="steps"/> that have not run yet. A
    /// database opened for reading is left as it is.
    /// </summary>
    /// <exception cref="StartException">The file is damaged.</exception>
    public void Migrate(string room, params ReadOnlySpan<string> steps)
    {
        if (_readsOnly)
        {
            return;
        }

        using var scope = _gate.EnterScope();
        try
        {
            RunSteps(room, steps);
        }
        catch (SqliteException error) when (IsOfTheFile(error))
        {
            throw Unusable(_path, error);
        }
    }

    /// <summary>How far the tables of each room are, by its name.</summary>
    /// <exception cref="StartException">The file is damaged.</exception>
    public Dictionary<string, int> Versions() =>
        Read("SELECT room, version FROM schema_versions", row => (row.GetString(0), row.GetInt32(1))).ToDictionary();

    /// <summary>Whether a failure passes by itself: another process has the file, or its disk is full.</summary>
    public static bool IsPassing(SqliteException error) => error.SqliteErrorCode is Busy or Locked or Full;

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction: all of it is stored durably, or none. Blocks for up to two
    /// seconds while another process writes.
    /// </summary>
    /// <exception cref="SqliteException">It could not be stored, and did not happen.</exception>
    public T Write<T>(Func<Session, T> work)
    {
        using var scope = _gate.EnterScope();
        using var transaction = _connection.BeginTransaction();
        var result = work(new Session(this));
        transaction.Commit();
        return result;
    }

    /// <exception cref="StartException">The file is damaged.</exception>
    public List<T> Read<T>(string sql, Func<SqliteDataReader, T> row)
    {
        using var scope = _gate.EnterScope();
        try
        {
            using var command = Command(sql, []);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
            {
                rows.Add(row(reader));
            }

            return rows;
        }
        catch (SqliteException error) when (IsOfTheFile(error))
        {
            throw Unusable(_path, error);
        }
    }

    public void Dispose()
    {
        // A timer may be in the middle of a transaction.
        using var scope = _gate.EnterScope();
        _connection.Dispose();
    }

    private static Database Open(string path, bool readsOnly, IReadOnlyDictionary<string, int>? stopAt = null)
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
            var database = new Database(connection, path, readsOnly, stopAt ?? new Dictionary<string, int>());
            database.Execute(
                readsOnly ? "SELECT 1 FROM sqlite_master" : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
            return database;
        }
        catch (SqliteException error)
        {
            connection.Dispose();
            throw Unusable(path, error);
        }
    }

    private static bool IsOfTheFile(SqliteException error) => error.SqliteErrorCode is Corrupt or NotADatabase or Full;

    private static StartException Unusable(string path, SqliteException error) => new(
        error.SqliteErrorCode is Full
            ? $"The database '{path}' cannot be opened: its disk is full. Make room on it."
            : $"The database '{path}' cannot be opened: {error.Message} Move it away to start with an empty one.");

    private void RunSteps(string room, ReadOnlySpan<string> steps)
    {
        Execute(
            "CREATE TABLE IF NOT EXISTS schema_versions (room TEXT PRIMARY KEY, version INTEGER NOT NULL) "
                + "WITHOUT ROWID");
        var done = Convert.ToInt32(
            Scalar("SELECT version FROM schema_versions WHERE room = $room", ("$room", room)) ?? 0L);
        if (done > steps.Length)
        {
            throw new StartException(
                $"The database '{_path}' is of a newer Rondo: its tables of '{room}' are of version {done}, and this one "
                    + $"knows {steps.Length}. Use the newer Rondo.");
        }

        var last = Math.Min(steps.Length, _stopAt.GetValueOrDefault(room, steps.Length));
        for (var step = done; step < last; step++)
        {
            using var transaction = _connection.BeginTransaction();
            Execute(steps[step]);
            Execute(
                "INSERT INTO schema_versions VALUES ($room, $version) "
                    + "ON CONFLICT (room) DO UPDATE SET version = $version",
                ("$room", room), ("$version", step + 1));
            transaction.Commit();
        }
    }

    private int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    private object? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteScalar();
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    /// <summary>What may be done inside <see cref="Write{T}"/>.</summary>
    internal readonly struct Session(Database database)
    {
        public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
            database.Execute(sql, parameters);

        public object? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
            database.Scalar(sql, parameters);

        /// <summary>A statement to run for many rows: set the parameters' values, execute, repeat.</summary>
        public SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
        {
            var command = database.Command(sql, []);
            foreach (var name in parameters)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }

            return command;
        }
    }
}
