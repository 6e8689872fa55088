using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;

namespace Rondo.Services.Tests.Support;

/// <summary>
/// Where the tests keep what they store: in files, or with <c>RONDO_TEST_DATABASE=postgres</c> in a schema for each
/// folder of a PostgreSQL that is thrown away (<c>./dev test --postgres</c>).
/// </summary>
internal static class TestDatabase
{
    private const string Variable = "RONDO_TEST_DATABASE";

    private static PostgresCluster? s_cluster;

    public static bool IsPostgres { get; } = Environment.GetEnvironmentVariable(Variable) switch
    {
        null or "" or "sqlite" => false,
        "postgres" => true,
        var other => throw new InvalidOperationException($"{Variable} is sqlite or postgres, not '{other}'."),
    };

    /// <summary>For what only files have.</summary>
    public static void SkipWithoutFiles(string why) => Assert.SkipWhen(IsPostgres, why);

    /// <summary>To be awaited before the others.</summary>
    public static async Task ReadyAsync()
    {
        if (IsPostgres)
        {
            s_cluster ??= await PostgresCluster.SharedAsync();
        }
    }

    /// <summary>What <c>--database-file</c> names, if everything is in a database.</summary>
    public static string? FileIn(TestFolder folder) =>
        IsPostgres ? s_cluster!.WriteAddress(folder, folder.Schema) : null;

    public static Database Open(TestFolder folder) => IsPostgres
        ? PostgresDatabase.Open(PostgresAddress.Parse(s_cluster!.AddressOf(folder.Schema), "test"))
        : SqliteDatabase.Open(DataFolder.DatabasePathIn(folder.Path));

    /// <summary>Another process is in the middle of writing to a folder's tables until this is disposed of.</summary>
    public static async Task<IAsyncDisposable> HoldAsync(TestFolder folder)
    {
        DbConnection other = IsPostgres
            ? new NpgsqlConnection(s_cluster!.AddressOf(folder.Schema + "_tables") + ";Pooling=false")
            : new SqliteConnection($"Data Source={DataFolder.DatabasePathIn(folder.Path)};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = other.CreateCommand();
        command.CommandText = IsPostgres ? "BEGIN; UPDATE writes SET count = count + 1" : "BEGIN EXCLUSIVE";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return other;
    }

    /// <summary>The store that a server would use, for what is put in its place.</summary>
    public static IEventStore StoreOf(IServiceProvider provider) =>
        (IEventStore)provider.GetRequiredService<StreamService.StoreState>().Store;

    /// <summary>
    /// Takes the schemas of a folder away: thousands of them would be a gigabyte. Nobody may have left a lock behind.
    /// </summary>
    public static void Drop(string schema)
    {
        using var connection = new NpgsqlConnection(s_cluster!.AddressOf(schema) + ";Pooling=false");
        connection.Open();
        try
        {
            Ask($"""
                SET lock_timeout = '10s';
                DROP SCHEMA IF EXISTS {schema} CASCADE;
                DROP SCHEMA IF EXISTS {schema}_tables CASCADE
                """);
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // What is at work may only be slow. It is left there, and goes with the cluster.
            var holders = Ask($"""
                SELECT string_agg(state || ': ' || query, '; ') FROM pg_stat_activity WHERE pid IN (
                    SELECT l.pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname LIKE '{schema}%')
                """) as string ?? "";
            Assert.False(
                holders.Contains("idle in transaction", StringComparison.Ordinal),
                $"A server has left a transaction open: {holders}");
            TestContext.Current.SendDiagnosticMessage($"The schema {schema} stays: {holders}");
        }

        object? Ask(string sql)
        {
            using var command = new NpgsqlCommand(sql, connection);
            return command.ExecuteScalar();
        }
    }
}
