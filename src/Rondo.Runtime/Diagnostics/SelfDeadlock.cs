namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Code on the loop's thread was about to block, for ever, until something has ended that only this loop can bring to
/// its end. The wait was refused with an <see cref="InvalidOperationException"/>.
/// </summary>
/// <param name="Loop">The loop that would have stood still.</param>
/// <param name="Caller">The method that was about to block, with file and line where symbols are found.</param>
/// <param name="Chain">What it would have waited for, and what that waits for, each with its line; not empty.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record SelfDeadlock(EventLoop Loop, string Caller, IReadOnlyList<string> Chain) : LoopReport(Loop)
{
    /// <inheritdoc />
    public override string Message =>
        $"Deadlock: {Caller} blocks the event loop until {Chain[0]} has ended, which needs this loop. Await it instead."
        + string.Concat(Chain.Skip(1).Select(c => $"{Environment.NewLine}  which waits for {c}"));
}
