namespace Rondo.Services.Nodes;

/// <summary>Who leads, as far as this node knows.</summary>
/// <param name="Holder">The one life of a process that holds the lease.</param>
/// <param name="Address">Where it is reached.</param>
/// <param name="Gone">Cancelled when another leads, or nobody, or when it has not answered for long.</param>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed record KnownLeader(string Holder, Uri Address, CancellationToken Gone)
{
    // Longer than one that is about to end goes on listening, and short for one that leads again.
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    private long _refused;

    /// <summary>It takes nothing, as it has just said: it is not asked for a while.</summary>
    public void Rest(TimeProvider time) => Volatile.Write(ref _refused, time.GetTimestamp());

    /// <summary>Whether it is not to be asked at present.</summary>
    public bool Rests(TimeProvider time) =>
        Volatile.Read(ref _refused) is not 0 and var refused && time.GetElapsedTime(refused) < s_rest;

    /// <summary>The name of the node, without the part that differs from life to life.</summary>
    public string Name => Holder.LastIndexOf('/') is > 0 and var end ? Holder[..end] : Holder;
}
