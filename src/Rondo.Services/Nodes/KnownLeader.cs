namespace Rondo.Services.Nodes;

/// <summary>Who leads, as far as this node knows.</summary>
/// <param name="Holder">The one life of a process that holds the lease.</param>
/// <param name="Address">Where it is reached.</param>
/// <param name="Gone">Cancelled when another leads, or nobody.</param>
/// <threadsafety>Immutable.</threadsafety>
internal sealed record KnownLeader(string Holder, Uri Address, CancellationToken Gone)
{
    /// <summary>The name of the node, without the part that differs from life to life.</summary>
    public string Name => Holder.LastIndexOf('/') is > 0 and var end ? Holder[..end] : Holder;
}
