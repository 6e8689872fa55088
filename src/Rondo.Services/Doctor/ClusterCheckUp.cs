using System.Globalization;
using Npgsql;
using Rondo.Services.Hosting;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Doctor;

/// <summary>How the database is that several nodes share.</summary>
internal static class ClusterCheckUp
{
    private const int LeastVersion = 130000;

    /// <summary>What was found, and what its clock says.</summary>
    public static async Task<(List<Finding> Findings, DateTimeOffset? Now)> LookAsync(PostgresAddress address)
    {
        var findings = new List<Finding>();
        try
        {
            // As nodes write: connections that only read have other settings.
            await using var source = address.ForWriting();
            await using var connection = await source.OpenConnectionAsync();
            var version = int.Parse(await TextAsync(connection, "SHOW server_version_num"), CultureInfo.InvariantCulture);
            var name = await TextAsync(connection, "SHOW server_version");
            var isThere = PostgresSchema.IsThere(connection, address);
            findings.Add(new Finding(
                FindingCodes.Database,
                version < LeastVersion ? FindingState.Fail : FindingState.Ok,
                $"{address.Name}, PostgreSQL {name}, {(isThere ? "with" : "not yet with")} streams in '{address.Schema}'"));
            findings.Add(await DurabilityAsync(connection));
            if (await LeaseAsync(connection, address) is { } lease)
            {
                findings.Add(lease);
            }

            return (findings, new DateTimeOffset(
                DateTime.Parse(
                    await TextAsync(connection, "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS')"),
                    CultureInfo.InvariantCulture),
                TimeSpan.Zero));
        }
        catch (Exception error) when (PostgresError.IsOfDatabase(error) || error is StartException)
        {
            var refused = error as StartException ?? PostgresError.Refuse(error, address.Name);
            findings.Add(Finding.Fail(FindingCodes.Database, refused.Message));
            return (findings, null);
        }
    }

    private static async Task<Finding> DurabilityAsync(NpgsqlConnection connection)
    {
        var settings = new List<string>();
        foreach (var name in new[] { "fsync", "full_page_writes", "synchronous_commit" })
        {
            settings.Add($"{name} {await TextAsync(connection, $"SHOW {name}")}");
        }

        var wanted = await TextAsync(connection, "SHOW synchronous_standby_names");
        var standbys = await TextAsync(
            connection, "SELECT count(*)::text FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')");
        settings.Add(wanted.Length == 0 ? "no synchronous standby" : $"{standbys} synchronous standby of '{wanted}'");
        var isLost = settings.Any(s => s.EndsWith(" off", StringComparison.Ordinal)) || (wanted.Length > 0 && standbys == "0");
        return new Finding(
            FindingCodes.Durability, isLost ? FindingState.Fail : FindingState.Ok, string.Join(", ", settings));
    }

    // The clock that counts is that of the database.
    private static async Task<Finding?> LeaseAsync(NpgsqlConnection connection, PostgresAddress address)
    {
        var exists = await TextAsync(
            connection,
            $"SELECT count(*)::text FROM pg_tables WHERE schemaname = '{address.Schema}' AND tablename = 'leases'");
        if (exists == "0")
        {
            return null;
        }

        await using var command = new NpgsqlCommand(
            "SELECT name, coalesce(holder, ''), coalesce(address, ''), until > clock_timestamp() FROM leases ORDER BY name",
            connection);
        await using var row = await command.ExecuteReaderAsync();
        var (texts, isHeld) = (new List<string>(), true);
        while (await row.ReadAsync())
        {
            var counts = !await row.IsDBNullAsync(3) && row.GetBoolean(3);
            isHeld &= counts;
            texts.Add(counts
                ? $"'{row.GetString(0)}' is held by {row.GetString(1)} at {row.GetString(2)}"
                : $"'{row.GetString(0)}' is held by nobody");
        }

        return new Finding(
            FindingCodes.Lease, isHeld ? FindingState.Ok : FindingState.Warn,
            texts.Count == 0 ? "no node has led yet" : string.Join("; ", texts));
    }

    private static async Task<string> TextAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync() ?? "");
    }
}
