using System.Data.Common;
using System.Diagnostics;
using Npgsql;
using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// The tables in a PostgreSQL database that several nodes share, in a schema beside that of the streams; secrets are
/// rows of it. Whoever writes holds one row of it first, so that processes write one after the other, as with a file,
/// and each sees that another has written.
/// </summary>
internal sealed class PostgresDatabase : Database
{
    /// <summary>Within this time after the database was not there it is not asked again: many may wait in line.</summary>
    private static readonly TimeSpan Unasked = TimeSpan.FromSeconds(1);

    private const int CommitSeconds = 30;

    private readonly PostgresAddress _address;
    private readonly LeaderFence? _fence;
    private NpgsqlDataSource _source;
    private NpgsqlConnection? _connection;
    private DatabaseException? _gone;
    private long _goneAt;
    private string _transactionId = "";
    private long _count;
    private long _seen;
    private long _version;

    private PostgresDatabase(
        PostgresAddress address,
        NpgsqlDataSource source,
        LeaderFence? fence,
        bool readsOnly,
        IReadOnlyDictionary<string, int>? stopAt = null)
        : base(readsOnly, stopAt) => (_address, _source, _fence) = (address, source, fence);

    public override string Name => $"The database {_address.Name}";

    /// <summary>Connects, and makes the schema if it is not there.</summary>
    /// <param name="address">The database.</param>
    /// <param name="fence">
    /// Checked in each transaction that writes. Null for a command, which holds nothing in memory that may be old.
    /// </param>
    /// <exception cref="StartException">The database cannot be used.</exception>
    public static PostgresDatabase Open(PostgresAddress address, LeaderFence? fence = null) =>
        Open(address, fence, mayCreate: true, readsOnly: false)!;

    /// <summary>Connects to tables that are there, to change them; null when there are none.</summary>
    /// <exception cref="StartException">The database cannot be used.</exception>
    public static PostgresDatabase? OpenExisting(PostgresAddress address) =>
        Open(address, null, mayCreate: false, readsOnly: false);

    /// <summary>Connects to tables as they are; null when there are none.</summary>
    /// <exception cref="StartException">The database cannot be used.</exception>
    public static PostgresDatabase? OpenForReading(PostgresAddress address) =>
        Open(address, null, mayCreate: false, readsOnly: true);

    /// <summary>Makes tables of older versions, in a database that has none; null when it has.</summary>
    /// <exception cref="StartException">The database cannot be used.</exception>
    public static PostgresDatabase? OpenAt(PostgresAddress address, IReadOnlyDictionary<string, int> versions)
    {
        using (var before = OpenForReading(address))
        {
            if (before is not null)
            {
                return null;
            }
        }

        return Open(address, null, mayCreate: true, readsOnly: false, versions);
    }

    /// <summary>Takes all tables away again, for who has made them.</summary>
    public static void Drop(PostgresAddress address)
    {
        using var source = address.ForTables();
        using var connection = source.OpenConnection();
        using var drop = new NpgsqlCommand($"DROP SCHEMA IF EXISTS {address.TableSchema} CASCADE", connection);
        drop.ExecuteNonQuery();
    }

    /// <summary>See <see cref="Database.Columns"/>.</summary>
    public static string AllColumns(PostgresAddress address) => $"""
        SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = '{address.TableSchema}'
            AND table_name NOT IN ('schema_versions', 'writes', 'kept')
        ORDER BY table_name COLLATE "C", ordinal_position
        """;

    public override (byte[] Secret, string Place) Keep(string name, Func<byte[]> make)
    {
        var place = $"The secret '{name}' in the table {_address.TableSchema}.kept of the database {_address.Name}";
        return (Find() ?? Write(session =>
        {
            session.Execute(
                "INSERT INTO kept VALUES (@name, @secret) ON CONFLICT (name) DO NOTHING",
                ("@name", name), ("@secret", make()));
            return (byte[])session.Scalar("SELECT secret FROM kept WHERE name = @name", ("@name", name))!;
        }), place);

        byte[]? Find() => Read("SELECT name, secret FROM kept", row => (row.GetString(0), row.GetFieldValue<byte[]>(1)))
            .FirstOrDefault(k => k.Item1 == name).Item2;
    }

    protected override string ColumnsSql => AllColumns(_address);

    protected override DbConnection Connect()
    {
        // What is lost while nobody speaks is found out by asking, which changes nothing.
        if (_connection is not null)
        {
            try
            {
                using var probe = new NpgsqlCommand("SELECT 1", _connection);
                probe.ExecuteScalar();
                return _connection;
            }
            catch (Exception error) when (PostgresError.IsOfDatabase(error))
            {
                Drop();
            }
        }

        if (_gone is { } gone && Stopwatch.GetElapsedTime(_goneAt) < Unasked)
        {
            throw new DatabaseException(gone.Failure, gone.Message, gone.InnerException);
        }

        _connection = _source.OpenConnection();
        _gone = null;
        return _connection;
    }

    protected override DbTransaction BeginWriting() => Begin(isPatient: false);

    // Several nodes may start at once, and one that makes tables takes its time.
    protected override DbTransaction BeginMigration() => Begin(isPatient: true);

    private NpgsqlTransaction Begin(bool isPatient)
    {
        var connection = (NpgsqlConnection)Connect();
        var transaction = connection.BeginTransaction();
        try
        {
            if (isPatient)
            {
                PostgresSchema.BePatient(connection);
            }

            // First: who takes the lease waits for those that were checked, and for nobody else.
            _fence?.Check(connection);
            using (var first = new NpgsqlCommand(
                "UPDATE writes SET count = count + 1 RETURNING count, pg_current_xact_id()::text", connection))
            {
                first.CommandTimeout = isPatient ? PostgresSchema.PatienceSeconds : first.CommandTimeout;
                using var row = first.ExecuteReader();
                row.Read();
                (_count, _transactionId) = (row.GetInt64(0), row.GetString(1));
            }

            return transaction;
        }
        catch
        {
            transaction.Dispose();
            throw;
        }
    }

    protected override void Commit(DbTransaction transaction)
    {
        var connection = (NpgsqlConnection)transaction.Connection!;
        var isDoubtful = false;
        NoticeEventHandler watch = (_, told) => isDoubtful |= PostgresError.IsDoubt(told.Notice);
        connection.Notice += watch;
        try
        {
            using var commit = new NpgsqlCommand("COMMIT", connection) { CommandTimeout = CommitSeconds };
            commit.ExecuteNonQuery();
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error) && !PostgresError.IsRefusal(error))
        {
            Drop();
            if (!IsCommitted(error))
            {
                throw Gone(error);
            }
        }
        finally
        {
            connection.Notice -= watch;
        }

        if (isDoubtful)
        {
            throw Doubt(null);
        }

        Saw(_count, isOwn: true);
    }

    protected override long ReadVersion()
    {
        using var command = new NpgsqlCommand("SELECT count FROM writes", (NpgsqlConnection)Connect());
        Saw((long)command.ExecuteScalar()!, isOwn: false);
        return _version;
    }

    protected override void Close()
    {
        _connection?.Dispose();
        _connection = null;
        _source.Dispose();
    }

    protected override string Translate(string step) => PostgresWords.Of(step);

    protected override Exception? Describe(Exception error)
    {
        if (error is EventStoreException refused)
        {
            return new DatabaseException(DatabaseFailure.NotLeader, refused.Message, refused);
        }

        if (!PostgresError.IsOfDatabase(error))
        {
            return null;
        }

        if (PostgresError.IsRefusal(error))
        {
            return PostgresError.DescribeTables(error, _address.Name);
        }

        Drop();
        return Gone(error);
    }

    private static PostgresDatabase? Open(
        PostgresAddress address,
        LeaderFence? fence,
        bool mayCreate,
        bool readsOnly,
        IReadOnlyDictionary<string, int>? stopAt = null)
    {
        var database = new PostgresDatabase(address, address.ForTables(isStarting: true), fence, readsOnly, stopAt);
        try
        {
            var connection = (NpgsqlConnection)database.Connect();
            if (IsThere(connection, address))
            {
                return database;
            }

            if (mayCreate)
            {
                Create(connection, address);
                return database;
            }

            database.Dispose();
            return null;
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error))
        {
            database.Dispose();
            throw PostgresError.Refuse(error, address.Name);
        }
    }

    private static bool IsThere(NpgsqlConnection connection, PostgresAddress address)
    {
        using var exists = PostgresSql.Command(
            connection, "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'kept')",
            address.TableSchema);
        return exists.ExecuteScalar() is true;
    }

    private static void Create(NpgsqlConnection connection, PostgresAddress address)
    {
        using var transaction = connection.BeginTransaction();
        PostgresSchema.BePatient(connection);
        using (var alone = PostgresSql.Command(
            connection, "SELECT pg_advisory_xact_lock(hashtextextended('rondo tables ' || $1, 0))", address.TableSchema))
        {
            alone.CommandTimeout = PostgresSchema.PatienceSeconds;
            alone.ExecuteNonQuery();
        }

        if (!IsThere(connection, address))
        {
            using var create = new NpgsqlCommand(
                $"""
                CREATE SCHEMA IF NOT EXISTS {address.TableSchema};
                CREATE TABLE schema_versions (room text COLLATE "C" PRIMARY KEY, version bigint NOT NULL);
                CREATE TABLE writes (one boolean PRIMARY KEY DEFAULT true CHECK (one), count bigint NOT NULL);
                INSERT INTO writes (count) VALUES (0);
                CREATE TABLE kept (name text COLLATE "C" PRIMARY KEY, secret bytea NOT NULL)
                """,
                connection);
            create.CommandTimeout = PostgresSchema.PatienceSeconds;
            create.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    // A number that does not follow the last one seen is the work of another process.
    private void Saw(long count, bool isOwn)
    {
        if (count != _seen + (isOwn ? 1 : 0))
        {
            _version++;
        }

        _seen = count;
    }

    // The connection was lost after COMMIT was sent: the database knows what has come of it.
    private bool IsCommitted(Exception lost)
    {
        const int mostTries = 10;
        try
        {
            using var connection = _source.OpenConnection();
            for (var tries = 0; tries < mostTries; tries++)
            {
                using var ask = PostgresSql.Command(
                    connection,
                    "SELECT pg_xact_status($1::xid8) FROM pg_sleep(CASE WHEN $2 > 0 THEN 0.2 ELSE 0 END)",
                    _transactionId, tries);
                switch (ask.ExecuteScalar() as string)
                {
                    case "committed":
                        return true;
                    case "aborted":
                        return false;
                }
            }
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error))
        {
            // It is not known.
        }

        throw Doubt(lost);
    }

    private DatabaseException Doubt(Exception? error) => new(
        DatabaseFailure.Unknown, PostgresError.Doubt(error, _address.Name).Message, error);

    private DatabaseException Gone(Exception error)
    {
        _goneAt = Stopwatch.GetTimestamp();
        return _gone = PostgresError.DescribeTables(error, _address.Name);
    }

    private void Drop()
    {
        if (_connection is { } dropped)
        {
            _connection = null;
            dropped.Dispose();
            _source.Dispose();
            _source = _address.ForTables();
        }
    }
}
