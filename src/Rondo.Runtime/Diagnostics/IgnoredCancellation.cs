using System.Globalization;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// A task was cancelled and still runs, one second of the loop's time later: it awaits something that does not know its
/// token, or it has caught the exception and gone on. Whoever waits for its end, such as a task group or the end of
/// <see cref="EventLoop.Run(Func{Task}, LoopOptions)"/>, waits with it. Comes once for each cancellation.
/// </summary>
/// <param name="Loop">The loop of the task.</param>
/// <param name="Task">The task.</param>
/// <param name="Since">How long ago it was cancelled, by the loop's clock.</param>
/// <param name="WasSeen">Whether the body got an exception for it and has gone on nevertheless.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record IgnoredCancellation(EventLoop Loop, LoopTask Task, TimeSpan Since, bool WasSeen)
    : LoopReport(Loop)
{
    /// <summary>
    /// What it waits for, and what that waits for, each with file and line where symbols are found; empty when it does
    /// not wait, or that cannot be seen.
    /// </summary>
    public IReadOnlyList<string> Awaits { get; init; } = [];

    /// <inheritdoc />
    public override string Message => string.Create(
        CultureInfo.InvariantCulture,
        $"Task {Task} still runs {Since.TotalSeconds:0.0} s after it was cancelled")
        + $"{CancellationDetector.Reason(Task)}: "
        + (WasSeen ? "it has caught the exception and gone on." : "what it awaits does not know its token.")
        + string.Concat(Awaits.Select(a => $"{Environment.NewLine}  waits for {a}"));
}
