using System.Data.Common;
using System.Globalization;

namespace Rondo.Services.Hosting;

/// <summary>
/// The tables: what is no event, is written a few times a day and read at start. Calls are synchronous and serialised
/// by one lock. A statement is one text for every engine: parameters are <c>@name</c>, a row that may be there already
/// is written with <c>ON CONFLICT</c>, and the types of columns are those of SQLite.
/// </summary>
/// <param name="readsOnly">Whether the tables are left as they are.</param>
/// <param name="stopAt">
/// By room, the version that its tables become at most: rows of that time are put into them, and who opens the database
/// next brings both up to date. Rooms that it does not name get the tables of today.
/// </param>
/// <threadsafety>Every member from any thread.</threadsafety>
internal abstract class Database(bool readsOnly, IReadOnlyDictionary<string, int>? stopAt = null) : IDisposable
{
    /// <summary>A step may go through every row of a large table.</summary>
    private const int Unlimited = 0;

    private readonly Lock _gate = new();
    private bool _isClosed;

    /// <summary>What it is and where, for people: the beginning of a sentence.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Brings one room's tables up to date: runs those of its <paramref name="steps"/> that have not run yet, all or
    /// none, once for all processes. A database opened for reading is left as it is.
    /// </summary>
    /// <exception cref="StartException">It is damaged, or its tables are of a newer Rondo.</exception>
    /// <exception cref="DatabaseException">They could not be made.</exception>
    public void Migrate(string room, params ReadOnlySpan<string> steps)
    {
        if (readsOnly)
        {
            return;
        }

        var known = steps.ToArray();
        var last = Math.Min(known.Length, stopAt?.GetValueOrDefault(room, known.Length) ?? known.Length);
        Run(() =>
        {
            if (StepsDone(new Session(Connect(), null), room, known.Length) >= last)
            {
                return true;
            }

            using var transaction = BeginMigration();
            var session = new Session(transaction.Connection!, transaction, Unlimited);

            // Another process may have been faster; the beginning has waited for it.
            for (var step = StepsDone(session, room, known.Length); step < last; step++)
            {
                session.Execute(Translate(known[step]));
            }

            session.Execute(
                "INSERT INTO schema_versions VALUES (@room, @version) "
                    + "ON CONFLICT (room) DO UPDATE SET version = excluded.version",
                ("@room", room), ("@version", last));
            Commit(transaction);
            return true;
        });
    }

    /// <summary>How far the tables of each room are, by its name.</summary>
    /// <exception cref="StartException">It is damaged.</exception>
    /// <exception cref="DatabaseException">It could not be read.</exception>
    public Dictionary<string, int> Versions() =>
        Read("SELECT room, version FROM schema_versions", row => (row.GetString(0), row.GetInt32(1))).ToDictionary();

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction: all of it is stored durably, or none. Blocks for up to two
    /// seconds while another process writes.
    /// </summary>
    /// <exception cref="DatabaseException">
    /// It could not be stored, and did not happen, unless it is <see cref="DatabaseFailure.Unknown"/>.
    /// </exception>
    public T Write<T>(Func<Session, T> work) => Run(() =>
    {
        using var transaction = BeginWriting();
        var result = work(new Session(transaction.Connection!, transaction));
        Commit(transaction);
        return result;
    });

    /// <exception cref="StartException">It is damaged.</exception>
    /// <exception cref="DatabaseException">It could not be read.</exception>
    public List<T> Read<T>(string sql, Func<DbDataReader, T> row) => Run(() =>
    {
        using var command = Command(Connect(), null, sql, []);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    });

    /// <summary>The tables of all rooms and their columns, in order.</summary>
    /// <exception cref="StartException">It is damaged.</exception>
    /// <exception cref="DatabaseException">It could not be read.</exception>
    public List<(string Table, string Column)> Columns() =>
        Read(ColumnsSql, row => (row.GetString(0), row.GetString(1)));

    /// <summary>Changes when another process has written, and not by what this one writes.</summary>
    /// <exception cref="DatabaseException">It could not be read.</exception>
    public long Version() => Run(ReadVersion);

    /// <summary>
    /// A secret that belongs to what is stored, the same for every process that opens it; made when there is none.
    /// </summary>
    /// <param name="name">The name of a file, such as <c>auth.pepper</c>.</param>
    /// <param name="make">Makes one.</param>
    /// <returns>The secret, and where it is kept, for people.</returns>
    /// <exception cref="StartException">It cannot be read or kept.</exception>
    /// <exception cref="DatabaseException">It could not be read or kept.</exception>
    public abstract (byte[] Secret, string Place) Keep(string name, Func<byte[]> make);

    public void Dispose()
    {
        // A timer may be in the middle of a transaction.
        using var scope = _gate.EnterScope();
        _isClosed = true;
        Close();
    }

    /// <summary>A row for each column of each table, in order.</summary>
    protected abstract string ColumnsSql { get; }

    /// <summary>A connection on which no transaction is under way.</summary>
    protected abstract DbConnection Connect();

    protected abstract DbTransaction BeginWriting();

    /// <summary>No other process migrates until it ends.</summary>
    protected abstract DbTransaction BeginMigration();

    /// <summary>Makes a transaction durable. One that is disposed of without did not happen.</summary>
    protected abstract void Commit(DbTransaction transaction);

    protected abstract long ReadVersion();

    protected abstract void Close();

    /// <summary>A step of a migration in the words of this engine.</summary>
    protected virtual string Translate(string step) => step;

    /// <summary>What is thrown in the place of an error of this engine; null for any other error.</summary>
    protected abstract Exception? Describe(Exception error);

    /// <summary>Runs what asks the engine, alone.</summary>
    protected T Run<T>(Func<T> work)
    {
        using var scope = _gate.EnterScope();
        if (_isClosed)
        {
            // A timer may come once more.
            throw new DatabaseException(DatabaseFailure.Unavailable, $"{Name} is closed.");
        }

        try
        {
            return work();
        }
        catch (Exception error) when (error is not (DatabaseException or StartException))
        {
            if (Describe(error) is { } ours)
            {
                throw ours;
            }

            throw;
        }
    }

    private int StepsDone(Session session, string room, int known)
    {
        var done = Convert.ToInt32(
            session.Scalar("SELECT version FROM schema_versions WHERE room = @room", ("@room", room)) ?? 0,
            CultureInfo.InvariantCulture);
        return done <= known
            ? done
            : throw new StartException(
                $"{Name} is of a newer Rondo: its tables of '{room}' are of version {done}, and this one knows {known}. "
                    + "Use the newer Rondo.");
    }

    private static DbCommand Command(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>What may be done inside <see cref="Write{T}"/>.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="transaction">In which it happens; null outside of any.</param>
    /// <param name="seconds">How long a statement may take, 0 for no limit; null for what the connection says.</param>
    internal readonly struct Session(DbConnection connection, DbTransaction? transaction, int? seconds = null)
    {
        private const int RowsAtOnce = 1000;

        public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            using var command = Limited(sql, parameters);
            return command.ExecuteNonQuery();
        }

        public object? Scalar(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            using var command = Limited(sql, parameters);
            return command.ExecuteScalar();
        }

        /// <summary>Runs a statement for many rows, each of which has a value for every parameter.</summary>
        public void ExecuteMany(string sql, string[] parameters, IEnumerable<object[]> rows)
        {
            foreach (var chunk in rows.Chunk(RowsAtOnce))
            {
                if (connection.CanCreateBatch)
                {
                    ExecuteBatch(sql, parameters, chunk);
                }
                else
                {
                    ExecuteEach(sql, parameters, chunk);
                }
            }
        }

        private DbCommand Limited(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            var command = Command(connection, transaction, sql, parameters);
            command.CommandTimeout = seconds ?? command.CommandTimeout;
            return command;
        }

        // A round trip for each row would take seconds for some thousands of them.
        private void ExecuteBatch(string sql, string[] parameters, object[][] rows)
        {
            using var batch = connection.CreateBatch();
            batch.Transaction = transaction;
            foreach (var row in rows)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = sql;
                foreach (var (name, value) in parameters.Zip(row))
                {
                    var parameter = command.CreateParameter();
                    (parameter.ParameterName, parameter.Value) = (name, value);
                    command.Parameters.Add(parameter);
                }

                batch.BatchCommands.Add(command);
            }

            batch.ExecuteNonQuery();
        }

        private void ExecuteEach(string sql, string[] parameters, object[][] rows)
        {
            using var command = Command(connection, transaction, sql, []);
            foreach (var name in parameters)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                command.Parameters.Add(parameter);
            }

            foreach (var row in rows)
            {
                for (var i = 0; i < row.Length; i++)
                {
                    command.Parameters[i].Value = row[i];
                }

                command.ExecuteNonQuery();
            }
        }
    }
}
