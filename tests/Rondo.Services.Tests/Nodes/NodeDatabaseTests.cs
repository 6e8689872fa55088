using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Nodes;

/// <summary>
/// Nodes whose database, which is theirs alone, goes and comes back. The subject is what happens in real time.
/// </summary>
public sealed class NodeDatabaseTests
{
    // Longer than the lease.
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Database_Restarted_OneLeadsAgainAndAllFollow()
    {
        PostgresCluster.SkipWithout();
        await using var database = await PostgresCluster.StartAsync();
        await using var cluster = await NodeCluster.StartAsync(database);
        await using var posters = new NodePosters(cluster.Nodes, 4, () => cluster.Said);
        await posters.UntilMoreAsync(10);

        await database.RestartAsync();
        await posters.UntilMoreAsync(10);
        await database.StopAsync();
        await Task.Delay(Outage, TestContext.Current.CancellationToken);
        await database.StartAgainAsync();
        await cluster.LeaderAsync();
        await posters.UntilMoreAsync(10);

        Assert.All(cluster.Nodes, n => Assert.False(n.HasExited, n.Said));
        await posters.CheckAsync();
    }
}
