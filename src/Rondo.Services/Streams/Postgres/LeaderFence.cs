using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// What makes a transaction that writes depend on leading. It holds the lease's row until it ends, so that nobody takes
/// the lease meanwhile, and the database refuses it when somebody has done so before. A process that was paused for
/// longer than its lease and goes on cannot write anything, whatever it believes.
/// </summary>
/// <remarks>
/// Everything that a leader writes is in a transaction with this check as its first statement; a single statement is
/// in a batch with it. Renewing the lease does not wait for such transactions.
/// </remarks>
/// <param name="Name">Which lease.</param>
/// <param name="Token">What the lease had when it was taken; it grows with each that takes it.</param>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed record LeaderFence(string Name, long Token)
{
    /// <summary>The error code of a refusal; its class is one that the SQL standard leaves to others.</summary>
    public const string Refusal = "RN001";

    private const string Sql = "SELECT check_leader($1, $2)";

    /// <summary>Called when a transaction was refused; it must not block.</summary>
    public Action Refused { get; init; } = () => { };

    /// <summary>The check as a part of a batch; it answers with one row that says nothing.</summary>
    public NpgsqlBatchCommand BatchCommand() => PostgresSql.BatchCommand(Sql, Name, Token);

    /// <summary>A batch that begins with the check, if there is one.</summary>
    public static NpgsqlBatch Batch(NpgsqlConnection connection, LeaderFence? fence)
    {
        var batch = new NpgsqlBatch(connection);
        if (fence is not null)
        {
            batch.BatchCommands.Add(fence.BatchCommand());
        }

        return batch;
    }

    /// <summary>One statement, which the check precedes if there is one. Returns the rows that it changed.</summary>
    public static async Task<int> ExecuteAsync(
        NpgsqlConnection connection, LeaderFence? fence, string sql, object[] values, CancellationToken cancellation)
    {
        await using var batch = Batch(connection, fence);
        batch.BatchCommands.Add(PostgresSql.BatchCommand(sql, values));
        return await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The check in the connection's transaction, which has to be begun. Blocks for a round trip.</summary>
    /// <exception cref="EventStoreException">
    /// <see cref="EventStoreFailure.NotLeader"/>: another leads. The transaction has failed and is to be rolled back.
    /// </exception>
    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public void Check(NpgsqlConnection connection)
    {
        using var command = PostgresSql.Command(connection, Sql, Name, Token);
        try
        {
            command.ExecuteNonQuery();
        }
        catch (PostgresException error) when (Notice(error))
        {
            throw NotLeader(error);
        }
    }

    /// <summary>Whether an error is this refusal; then tells <see cref="Refused"/>.</summary>
    public bool Notice(Exception error)
    {
        if (!IsRefusal(error))
        {
            return false;
        }

        Refused();
        return true;
    }

    public static bool IsRefusal(Exception error) => error is PostgresException { SqlState: Refusal };

    public static EventStoreException NotLeader(Exception? reason = null) => new(
        EventStoreFailure.NotLeader, "This node does not lead any more: another one does. Nothing was stored.", reason);
}
