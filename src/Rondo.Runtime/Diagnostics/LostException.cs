namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// A task has failed and nobody has looked at it (asyncio: <c>Task exception was never retrieved</c>).
/// </summary>
/// <remarks>
/// For a task of the loop this comes at the next idle turn, on the loop's thread, beside what the error handler is
/// told. For a plain <see cref="Task"/>, such as that of an async method which was called and not awaited, it comes
/// when the collector finds it, on a thread of the runtime; the debug mode makes it look when the loop is idle, at most
/// once a second, and when the loop is closed.
/// </remarks>
/// <param name="Loop">The loop on which the exception was thrown.</param>
/// <param name="Origin">What failed: <c>task NAME</c>, or the async method.</param>
/// <param name="Exception">The failure.</param>
/// <param name="CreatedAt">
/// Where the task was created, one frame per line; null for a plain one, whose exception says where it comes from.
/// </param>
/// <threadsafety>Immutable.</threadsafety>
#pragma warning disable CA1711 // It reports an exception; the field has no other word for what is lost.
public sealed record LostException(EventLoop Loop, string Origin, Exception Exception, string? CreatedAt)
    : LoopReport(Loop)
#pragma warning restore CA1711
{
    /// <inheritdoc />
    public override string Message =>
        $"Nobody has looked at the failure of {Origin}: " + (CreatedAt is null
            ? Exception.ToString()
            : $"{Exception.GetType()}: {Exception.Message}{Environment.NewLine}"
                + $"The task was created{Environment.NewLine}{CreatedAt}");
}
