using System.Net.Sockets;
using Npgsql;
using Rondo.Services.Hosting;

namespace Rondo.Services.Streams.Postgres;

/// <summary>What an error of the database means to a caller (PostgreSQL's appendix A, error codes).</summary>
internal static class PostgresError
{
    private const string Warning = "WARNING";

    /// <summary>
    /// A server's notice with which COMMIT has come back although the standby has not confirmed: what it says is stored
    /// may be lost with this server.
    /// </summary>
    public static bool IsDoubt(PostgresNotice notice) => notice.InvariantSeverity == Warning;

    /// <summary>
    /// What goes wrong outside our own code. Whoever has cancelled knows why, whatever the server has said of it.
    /// </summary>
    public static bool IsOfDatabase(Exception error) =>
        error is NpgsqlException or TimeoutException or IOException or SocketException
        || (error is OperationCanceledException
        {
            InnerException: NpgsqlException or TimeoutException,
            CancellationToken.IsCancellationRequested: false,
        });

    /// <summary>Whether the server has answered, so that the transaction has ended without effect.</summary>
    public static bool IsRefusal(Exception error) => error is PostgresException { InvariantSeverity: "ERROR" };

    /// <summary>For everything but a COMMIT that was under way: nothing is stored.</summary>
    public static EventStoreException Describe(Exception error, string database) =>
        (error as PostgresException)?.SqlState switch
        {
            PostgresErrorCodes.DiskFull => new EventStoreException(
                EventStoreFailure.Full,
                $"The database {database} has no room: its disk is full. Nothing was stored.", error),
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.QueryCanceled => new EventStoreException(
                    EventStoreFailure.Locked,
                    $"Another process holds what is written in the database {database}. Nothing was stored.", error),
            LeaderFence.Refusal => LeaderFence.NotLeader(error),
            PostgresErrorCodes.UniqueViolation => new EventStoreException(
                EventStoreFailure.Unavailable,
                $"The event streams in the database {database} are damaged: 'rondo streams verify' says how.", error),
            _ => new EventStoreException(
                EventStoreFailure.Unavailable,
                $"The database {database} cannot be used: {Reason(error)} Nothing was stored.", error),
        };

    /// <summary>The same for the tables, where a statement that is refused is our mistake.</summary>
    public static DatabaseException DescribeTables(Exception error, string database)
    {
        var ours = Describe(error, database);
        return new DatabaseException(
            ours.Failure switch
            {
                EventStoreFailure.Full => DatabaseFailure.Full,
                EventStoreFailure.Locked => DatabaseFailure.Busy,
                EventStoreFailure.NotLeader => DatabaseFailure.NotLeader,
                _ when IsMistake(error) => DatabaseFailure.Refused,
                _ => DatabaseFailure.Unavailable,
            },
            IsMistake(error) ? $"The database {database} refuses a statement: {Reason(error)}" : ours.Message,
            error);
    }

    /// <summary>The connection was lost, or nobody answered, after COMMIT was sent.</summary>
    public static EventStoreException Doubt(Exception? error, string database) => new(
        EventStoreFailure.Unknown,
        $"The database {database} did not confirm that it has stored the append: it may have or not"
            + (error is null ? "." : $" ({Reason(error).TrimEnd('.')})."),
        error);

    /// <summary>Why Rondo does not start.</summary>
    public static StartException Refuse(Exception error, string database) => new(
        $"The database {database} cannot be used: {Reason(error)} "
            + ((error as PostgresException)?.SqlState is PostgresErrorCodes.InsufficientPrivilege
                ? "Its user must be able to create a schema there, once."
                : "Is it up, and is the connection string right?"));

    /// <summary>
    /// Runs what asks the database; its errors become ours, and the fence is told of its refusals. It does not go on
    /// where its caller came from: a service's loop may end meanwhile, and would leave a transaction open, with all
    /// that it has locked.
    /// </summary>
    public static async Task<T> GuardAsync<T>(string database, Func<Task<T>> ask, LeaderFence? fence = null)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            return await ask();
        }
        catch (ObjectDisposedException error)
        {
            throw new EventStoreException(EventStoreFailure.Closed, "The event store is closed.", error);
        }
        catch (Exception error) when (IsOfDatabase(error))
        {
            fence?.Notice(error);
            throw Describe(error, database);
        }
    }

    // Classes 22, 23, 2F, 42: data, constraints, routines, and what a statement says.
    private static bool IsMistake(Exception error) =>
        error is PostgresException { InvariantSeverity: "ERROR" } refused
        && refused.SqlState[..2] is "22" or "23" or "2F" or "42";

    private static string Reason(Exception error)
    {
        // The code before the server's words is for programs, and what comes after them may quote data.
        var text = error is PostgresException refused ? refused.Message.Split('\n')[0][(refused.SqlState.Length + 2)..]
            : error.InnerException is SocketException socket ? socket.Message
            : error.Message;
        return text.EndsWith('.') ? text : text + ".";
    }
}
