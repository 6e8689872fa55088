using System.Globalization;

namespace Rondo.Runtime;

/// <summary>
/// The end of <see cref="EventLoop.Run(Func{Task}, LoopOptions?)"/> is held up: by tasks that have been cancelled, the
/// main one by Ctrl-C, and have not ended, by something registered for disposal, or by work in the default executor.
/// </summary>
/// <param name="Loop">The loop that is to end.</param>
/// <param name="Unfinished">Who is being waited for; at least one.</param>
/// <param name="Waited">For how long, by the loop's clock.</param>
/// <param name="IsGivenUp">Whether the loop ends all the same; otherwise it waits on.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record UnfinishedAtEnd(
    EventLoop Loop, IReadOnlyList<string> Unfinished, TimeSpan Waited, bool IsGivenUp) : LoopReport(Loop)
{
    /// <inheritdoc />
    public override string Message => string.Create(
        CultureInfo.InvariantCulture,
        $"The event loop {(IsGivenUp ? "ends without" : "cannot end, it still waits for")} "
            + $"{string.Join(", ", Unfinished)} after {Waited.TotalSeconds:0.0} s");
}
