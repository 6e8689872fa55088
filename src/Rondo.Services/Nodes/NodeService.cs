using Rondo.Services.Gateway.Upstream;

namespace Rondo.Services.Nodes;

/// <summary>What all servers of a node share, whichever it is at present.</summary>
/// <param name="Options">The settings.</param>
/// <param name="State">Who leads.</param>
/// <param name="Notes">The row beside the lease.</param>
/// <param name="Proof">With which nodes know each other.</param>
internal sealed record NodeParts(NodeOptions Options, NodeState State, NodeNotes Notes, NodeProof Proof);

/// <summary>Puts a server of a node together.</summary>
internal static class NodeService
{
    /// <summary>For each of its servers; they do not dispose of the parts.</summary>
    public static void AddNode(this IServiceCollection services, NodeParts parts, ServerDoor door)
    {
        services.AddSingleton(parts.Options);
        services.AddSingleton(parts.State);
        services.AddSingleton(parts.Notes);
        services.AddSingleton(parts.Proof);
        services.AddSingleton<IHostLifetime, QuietLifetime>();
        DoorListeners.AddTo(services, door);
    }

    public static void AddFollower(this IServiceCollection services)
    {
        services.AddSingleton<LeaderCertificate>();
        services.AddSingleton(provider => new LoopForwarder(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<LeaderCertificate>().Trusts));
        services.AddSingleton<LeaderForwarding>();
        services.AddSingleton<LeaderProbe>();
        services.AddHostedService<LeaderWatch>();
    }

    // The process outlives its servers, and hears the signals itself.
    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
