namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Work that had begun on the loop was dropped before its end and will never go on (asyncio: <c>Task was destroyed but
/// it is pending!</c>).
/// </summary>
/// <remarks>
/// An async method is dropped when nothing refers to what it awaits any more. That comes when the collector finds it,
/// on a thread of the runtime; closing the loop makes it look. A task of the loop is dropped when the loop is closed
/// without ending it, which <see cref="EventLoop.Run(Func{Task}, LoopOptions)"/> never does.
/// </remarks>
/// <param name="Loop">The loop on which it began.</param>
/// <param name="Origin">
/// What it was: <c>task NAME</c>, or the async method with the line of the await, or its number without symbols.
/// </param>
/// <param name="CreatedAt">Where the task was created, one frame per line; null for a plain async method.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record NeverAwaited(EventLoop Loop, string Origin, string? CreatedAt) : LoopReport(Loop)
{
    /// <inheritdoc />
    public override string Message => $"Dropped before its end: {Origin}"
        + (CreatedAt is null ? "" : $", created{Environment.NewLine}{CreatedAt}");
}
