using Npgsql;
using Rondo.Services.Hosting;
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

    /// <summary>Takes the schemas of a folder away: thousands of them would be a gigabyte.</summary>
    public static void Drop(string schema)
    {
        using var connection = new NpgsqlConnection(s_cluster!.AddressOf(schema) + ";Pooling=false");
        connection.Open();
        using var drop = new NpgsqlCommand(
            $"DROP SCHEMA IF EXISTS {schema} CASCADE; DROP SCHEMA IF EXISTS {schema}_tables CASCADE", connection);
        drop.ExecuteNonQuery();
    }
}
