namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// A task was cancelled, its body got the <see cref="OperationCanceledException"/>, and ended as if nothing had
/// happened: most likely by a <c>catch</c> of everything, since this one is an <see cref="Exception"/> in .NET. Whoever
/// cancelled it takes it for done. A body that means it calls <see cref="LoopTask.Uncancel"/>.
/// </summary>
/// <param name="Loop">The loop of the task.</param>
/// <param name="Task">The task.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record SwallowedCancellation(EventLoop Loop, LoopTask Task) : LoopReport(Loop)
{
    /// <inheritdoc />
    public override string Message => $"Task {Task} was cancelled{CancellationDetector.Reason(Task)}, "
        + "caught the exception and ended as if nothing had happened. Let it pass, or call Uncancel.";
}
