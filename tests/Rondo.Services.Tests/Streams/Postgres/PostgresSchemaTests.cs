using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Rondo.Services.Hosting;
using Rondo.Services.Streams;
using Rondo.Services.Streams.Postgres;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Streams.Postgres;

public sealed class PostgresSchemaTests
{
    private readonly string _schema = PostgresCluster.NewSchema();

    [Fact]
    public async Task Open_ManyNodesAtOnce_TablesAreMadeOnce()
    {
        var (cluster, address) = await AddressAsync();

        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            _ => Task.Run(() => PostgresEventStore.Open(address, TimeProvider.System, NullLogger.Instance))));

        Assert.Single(stores.Select(s => s.Epoch).Distinct());
        Assert.Equal(
            (long)PostgresSchema.Steps.Length, await cluster.ScalarAsync(_schema, "SELECT count(*) FROM versions"));
        foreach (var store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Open_NewerTablesThatOnlyAdd_WorksBesideTheNewerNode()
    {
        var (cluster, address) = await AddressAsync();
        await PrepareAsync(cluster, address, new PostgresSchema.Step(1, "ALTER TABLE streams ADD note text"));

        await using var older = PostgresEventStore.Open(address, TimeProvider.System, NullLogger.Instance);
        var stored = await older.AppendAsync(
            "a", [new NewEvent("t", "1"u8.ToArray())], cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(1, stored[0].Seq);
    }

    [Fact]
    public async Task Open_NewerTablesThatNeedANewerRondo_IsRefused()
    {
        var (cluster, address) = await AddressAsync();
        var newer = PostgresSchema.Steps.Length + 1;
        await PrepareAsync(
            cluster, address, new PostgresSchema.Step(newer, "ALTER TABLE events RENAME COLUMN data TO text"));

        var refused = Assert.Throws<StartException>(
            () => PostgresEventStore.Open(address, TimeProvider.System, NullLogger.Instance));

        Assert.Contains($"version {newer}", refused.Message);
        Assert.Contains("Use the newer Rondo", refused.Message);
    }

    [Fact]
    public async Task Prepare_StepThatFails_LeavesNothing()
    {
        var (cluster, address) = await AddressAsync();

        await Assert.ThrowsAsync<PostgresException>(
            () => PrepareAsync(cluster, address, new PostgresSchema.Step(1, "CREATE TABLE good (n int); SELECT 1 / 0")));

        Assert.Equal(0L, await cluster.ScalarAsync(
            "public", $"SELECT count(*) FROM pg_namespace WHERE nspname = '{_schema}'"));
    }

    [Fact]
    public async Task Open_UserWhoMayNotCreate_IsToldSo()
    {
        var (cluster, _) = await AddressAsync();
        await cluster.ScalarAsync("public", $"CREATE ROLE \"{_schema}\" LOGIN");
        var address = PostgresAddress.Parse(
            cluster.AddressOf(_schema).Replace("Username=rondo", $"Username={_schema}"), "test");

        var refused = Assert.Throws<StartException>(
            () => PostgresEventStore.Open(address, TimeProvider.System, NullLogger.Instance));

        Assert.Contains("must be able to create a schema", refused.Message);
    }

    private async Task<(PostgresCluster Cluster, PostgresAddress Address)> AddressAsync()
    {
        var cluster = await PostgresCluster.SharedAsync();
        return (cluster, PostgresAddress.Parse(cluster.AddressOf(_schema), "test"));
    }

    private async Task PrepareAsync(PostgresCluster cluster, PostgresAddress address, PostgresSchema.Step next)
    {
        await using var connection = new NpgsqlConnection(cluster.AddressOf(_schema) + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        PostgresSchema.Prepare(connection, address, [.. PostgresSchema.Steps, next]);
    }
}
