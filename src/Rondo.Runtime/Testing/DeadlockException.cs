namespace Rondo.Runtime.Testing;

/// <summary>
/// A virtual loop waits for something that cannot come: nothing is ready, no timer is set, and nobody outside works.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class DeadlockException : InvalidOperationException
{
    internal DeadlockException(IEnumerable<LoopTask> tasks)
        : base("Deadlock: nothing is ready, no timer is set and no work is open outside the loop. Unfinished: "
            + string.Join(", ", tasks.Select(t => t.ToString()).Order(StringComparer.Ordinal)) + ".")
    {
    }
}
