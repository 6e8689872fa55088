using Npgsql;

namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// Removes what was replaced from the tables. PostgreSQL keeps it as long as anybody may still see it: so it waits for
/// everybody who began before. Erasures that wait together share a run.
/// </summary>
internal sealed class PostgresVacuum(PostgresAddress address, NpgsqlDataSource source) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _gate = new(1);
    private long _asked;
    private long _done;

    /// <exception cref="EventStoreException">What began before does not end, or the database cannot be used.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var mine = Interlocked.Increment(ref _asked);
        await _gate.WaitAsync(cancellation);
        try
        {
            if (_done < mine)
            {
                var covered = Interlocked.Read(ref _asked);
                await PostgresError.GuardAsync(address.Name, () => VacuumAsync(cancellation));
                _done = covered;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<bool> VacuumAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using (var next = PostgresSql.Command(connection, "SELECT pg_current_xact_id()::text"))
        {
            var horizon = (string)(await next.ExecuteScalarAsync(cancellation))!;
            await WaitAsync(connection, horizon, cancellation);
        }

        await using var vacuum = PostgresSql.Command(connection, "VACUUM events, keys");
        vacuum.CommandTimeout = 0;
        await vacuum.ExecuteNonQueryAsync(cancellation);
        return true;
    }

    // Only those of the same role are seen, which all nodes are.
    private static async Task WaitAsync(NpgsqlConnection connection, string horizon, CancellationToken cancellation)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (await PostgresSql.ScalarAsync(
            connection,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                + "AND age(backend_xmin) >= age($1::text::xid8::xid)",
            [horizon], cancellation) > 0)
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new EventStoreException(
                    EventStoreFailure.Locked,
                    "The event is a tombstone now, but its text may still be in the database: something that began before, "
                        + "such as an export, has not ended. Erase it again.");
            }

            await Task.Delay(Step, TimeProvider.System, cancellation);
        }
    }
}
