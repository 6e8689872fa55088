namespace Rondo.Runtime;

/// <summary>
/// What a loop needs so that it can be handed over while its application code blocks (see
/// <see cref="LoopOptions.HandOver"/>). The threads are its maker's; the loop only asks these questions, before each
/// call of application code.
/// </summary>
internal abstract class HandOver
{
    /// <summary>
    /// Whether there is no thread that could take the loop over: then application code goes to the thread pool, and
    /// the loop's thread stays the loop's.
    /// </summary>
    public abstract bool IsExhausted { get; }

    /// <summary>Whether nobody looks for loops that are stuck, because nothing has run for a while.</summary>
    public abstract bool IsResting { get; }

    /// <summary>Something runs again. On the loop's thread.</summary>
    public abstract void Resume();
}
