namespace Rondo.Runtime.Diagnostics;

/// <summary>Tasks wait for each other in a ring, so none of them can ever end.</summary>
/// <param name="Loop">The loop that runs them.</param>
/// <param name="Ring">
/// The tasks and async methods, each with the line of its await; each waits for the next, the last for the first.
/// </param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record AwaitCycle(EventLoop Loop, IReadOnlyList<string> Ring) : LoopReport(Loop)
{
    /// <inheritdoc />
    public override string Message =>
        $"Deadlock: a ring of awaits, which can never end. {Ring[0]}"
        + string.Concat(Ring.Skip(1).Append(Ring[0]).Select(r => $"{Environment.NewLine}  waits for {r}"));
}
