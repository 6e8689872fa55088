using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Nodes;

/// <summary>Two processes that share a database, with TLS to their clients and between them.</summary>
public sealed class NodeTlsTests
{
    [Fact]
    public async Task Nodes_WithTls_ServeEachItsClientsAndTakeOver()
    {
        await using var cluster = await NodeCluster.StartAsync(await PostgresCluster.SharedAsync(), 2, "--tls");
        var before = await cluster.LeaderAsync();
        await using var posters = new NodePosters(cluster.Nodes, 2, () => cluster.Said);
        await posters.UntilMoreAsync(20);

        // The next leader shows another certificate than the one before, and is known by it.
        await before.SignalAsync("KILL");
        await cluster.LeaderAsync();
        before.Start();
        Assert.NotSame(before, await cluster.LeaderAsync());

        await posters.UntilMoreAsync(20);
        await posters.CheckAsync();
    }
}
