namespace Rondo.Runtime;

/// <summary>
/// The state object of a promise that this package makes. Who holds the plain <see cref="Task"/> finds here what has to
/// happen before it ends, which the platform does not record.
/// </summary>
/// <threadsafety>Read on any thread, whatever the loop does meanwhile.</threadsafety>
internal interface IPromiseOwner
{
    /// <summary>What it is, for people; empty when what it waits for says enough.</summary>
    string Title { get; }

    /// <summary>The loop whose callbacks alone can end it; null when others can, too.</summary>
    EventLoop? OnlyBy { get; }

    /// <summary>Whether it ends only after all that it waits for, however they end.</summary>
    bool NeedsAll { get; }

    /// <summary>The futures and tasks that must end before it does; none when that is not known.</summary>
    IEnumerable<LoopFuture> Awaited { get; }
}
