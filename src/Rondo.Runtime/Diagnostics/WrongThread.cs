namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// A thread that does not own the loop has called it and was refused. The exception alone is easily lost on a thread of
/// the pool. Each place that calls is reported once.
/// </summary>
/// <param name="Loop">The loop that was called.</param>
/// <param name="Caller">The thread that called, by name and number.</param>
/// <param name="Owner">The thread that owns the loop.</param>
/// <param name="CalledAt">The stack of the call, one frame per line.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record WrongThread(EventLoop Loop, string Caller, string Owner, string CalledAt) : LoopReport(Loop)
{
    /// <inheritdoc />
    public override string Message =>
        $"{Caller} has called {Loop}, which belongs to {Owner}, and was refused. From there, use CallSoonThreadSafe."
        + $"{Environment.NewLine}{CalledAt}";
}
