using System.Diagnostics;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Nodes;

/// <summary>Nodes that share a database. They are processes: what waits for them waits in real time.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(90);

    private readonly TestFolder _folder = new();

    private NodeCluster(PostgresCluster database, string schema, int count, string[] more)
    {
        var file = database.WriteAddress(_folder, schema);
        Schema = schema;
        Nodes = [.. Enumerable.Range(1, count).Select(n => new NodeChild($"n{n}", file, more))];
    }

    public string Schema { get; }

    public IReadOnlyList<NodeChild> Nodes { get; }

    public string Said => string.Concat(Nodes.Select(n => n.Said));

    /// <summary>Starts all, and waits until one leads and the others follow it.</summary>
    public static async Task<NodeCluster> StartAsync(PostgresCluster database, int count = 3, params string[] more)
    {
        var cluster = new NodeCluster(database, PostgresCluster.NewSchema(), count, more);
        try
        {
            foreach (var node in cluster.Nodes)
            {
                node.Start();
            }

            await cluster.LeaderAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Who leads, when all that run say the same.</summary>
    /// <param name="besides">Who is not asked.</param>
    public async Task<NodeChild> LeaderAsync(NodeChild? besides = null)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var asked = Nodes.Where(n => n != besides && !n.HasExited).ToList();
            var told = await Task.WhenAll(asked.Select(n => n.LookAsync()));
            var names = told.Select(t => t?["leader"]?["node"]?.GetValue<string>()).Distinct().ToList();
            if (names is [{ } name] && asked.Find(n => n.Name == name) is { } leader
                && told[asked.IndexOf(leader)]!.Text("role") == "leader")
            {
                return leader;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Guard, $"Nobody leads: {string.Join(", ", names)}\n{Said}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        _folder.Dispose();
    }
}
