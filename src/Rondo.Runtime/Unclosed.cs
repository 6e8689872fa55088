namespace Rondo.Runtime;

/// <summary>
/// Something that has to be closed was dropped instead, and what it held with it (asyncio: <c>ResourceWarning</c>).
/// Reported when the collector finds it, by a thread of the runtime, also without the debug mode; the debug mode adds
/// where it was made.
/// </summary>
/// <param name="Resource">What was dropped, for people: <c>event loop loop-1</c>.</param>
/// <param name="CreatedAt">The stack of its creation, one frame per line; null without the debug mode.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record Unclosed(string Resource, string? CreatedAt) : LoopReport(Loop: null)
{
    /// <inheritdoc />
    public override string Message => $"Unclosed {Resource}: it was dropped without being closed."
        + (CreatedAt is null ? "" : $" It was created{Environment.NewLine}{CreatedAt}");
}
