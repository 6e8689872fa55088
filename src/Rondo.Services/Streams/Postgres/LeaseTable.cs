using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// What a candidate says to the database about a lease, on a connection of its own. Who does not get an answer in time
/// leaves the connection behind: what comes of it later does no harm, because everything names its token.
/// </summary>
/// <threadsafety>One caller at a time.</threadsafety>
internal sealed class LeaseTable(
    PostgresAddress database, string name, LeaderCandidate candidate, TimeSpan term, TimeProvider time) : IAsyncDisposable
{
    private const string Read =
        "SELECT holder, address, token, extract(epoch FROM until - clock_timestamp())::float8 FROM leases WHERE name = $1";

    // Nothing new is checked with the token of the one before from now on. A token that was lost with a server that
    // failed is not given again: it is no less than the time.
    private const string Announce = """
        UPDATE leases SET
            holder = $2, address = $3, until = clock_timestamp() + $4,
            next = greatest(next + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)
        WHERE name = $1 AND until <= clock_timestamp()
        RETURNING next
        """;

    // Waits for what was checked before: it changes a key of the row, and those hold it.
    private const string Settle = """
        UPDATE leases SET token = next WHERE name = $1 AND holder = $2 AND next = $3 RETURNING token
        """;

    private const string Renew = """
        UPDATE leases SET until = clock_timestamp() + $4
        WHERE name = $1 AND holder = $2 AND next = $3
        RETURNING next
        """;

    private const string GiveBack = """
        UPDATE leases SET holder = NULL, address = NULL, until = clock_timestamp()
        WHERE name = $1 AND holder = $2 AND next = $3
        RETURNING next
        """;

    // What is lost of these with a server that fails is a part of a term: it need not wait for a standby, and goes on
    // when there is none.
    private const string Soon = "SELECT set_config('synchronous_commit', 'off', true)";

    private readonly NpgsqlDataSource _source = database.ForLease(term / 6);
    private NpgsqlConnection? _connection;

    /// <summary>Null before anybody has taken it.</summary>
    public Task<LeaseRow?> ReadAsync(CancellationToken cancellation) => AskAsync(
        async (connection, stop) =>
        {
            await using var command = PostgresSql.Command(connection, Read, name);
            await using var row = await command.ExecuteReaderAsync(stop);
            return await row.ReadAsync(stop)
                ? new LeaseRow(Text(row, 0), Text(row, 1), row.GetInt64(2), TimeSpan.FromSeconds(row.GetDouble(3)))
                : null;
        },
        term, cancellation);

    /// <summary>Takes it if it is free: the token, or null when another has it. To be followed by settling.</summary>
    public Task<long?> AnnounceAsync(CancellationToken cancellation) => AskAsync(
        async (connection, stop) =>
        {
            await PostgresSql.ExecuteAsync(
                connection,
                "INSERT INTO leases (name, token, next, until) VALUES ($1, 0, 0, 'epoch') ON CONFLICT DO NOTHING",
                [name], stop);
            return await PostgresSql.ScalarAsync(
                connection, Announce, [name, candidate.Name, candidate.Address, term], stop);
        },
        term, cancellation);

    /// <summary>
    /// Waits until nothing runs any more that was checked with an older token; false when another has taken the lease.
    /// </summary>
    /// <exception cref="PostgresException">
    /// <see cref="PostgresErrorCodes.LockNotAvailable"/>: something still runs; a part of the term has passed.
    /// </exception>
    public Task<bool> SettleAsync(long token, CancellationToken cancellation) => AskAsync(
        async (connection, stop) => await PostgresSql.ScalarAsync(
            connection, Settle, [name, candidate.Name, token], stop) is not null,
        term, cancellation);

    /// <summary>False when another has taken it.</summary>
    public Task<bool> RenewAsync(long token, CancellationToken cancellation) => AskAsync(
        (connection, stop) => ChangeAsync(connection, Renew, [name, candidate.Name, token, term], stop),
        term / 3, cancellation);

    /// <summary>False when another has taken it.</summary>
    public Task<bool> GiveBackAsync(long token, CancellationToken cancellation) => AskAsync(
        (connection, stop) => ChangeAsync(connection, GiveBack, [name, candidate.Name, token], stop),
        term / 3, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        await _source.DisposeAsync();
    }

    private static async Task<bool> ChangeAsync(
        NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                PostgresSql.BatchCommand(sql, values),
                PostgresSql.BatchCommand(Soon),
            },
        };
        return await batch.ExecuteScalarAsync(cancellation) is long;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private async Task<T> AskAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> ask, TimeSpan patience, CancellationToken cancellation)
    {
        // Whoever hangs keeps it.
        var connection = _connection;
        _connection = null;
        var stop = new CancellationTokenSource();
        var asking = RunAsync();
        try
        {
            (_connection, var answer) = await asking.WaitAsync(patience, time, cancellation);
            return answer;
        }
        catch
        {
            _ = LeaveAsync();
            throw;
        }

        async Task<(NpgsqlConnection Connection, T Answer)> RunAsync()
        {
            var used = connection;
            try
            {
                used ??= await _source.OpenConnectionAsync(stop.Token);
                return (used, await ask(used, stop.Token));
            }
            catch
            {
                if (used is not null)
                {
                    await used.DisposeAsync();
                }

                throw;
            }
        }

        async Task LeaveAsync()
        {
            await stop.CancelAsync();
            await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (asking.IsCompletedSuccessfully)
            {
                await (await asking).Connection.DisposeAsync();
            }
        }
    }
}
