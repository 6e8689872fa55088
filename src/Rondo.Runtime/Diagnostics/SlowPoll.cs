using System.Globalization;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// The loop has waited for longer than <see cref="LoopOptions.SlowPollDuration"/>. That is no fault, only what it did
/// (asyncio: <c>poll 999.6 ms took 1000.2 ms: timeout</c>).
/// </summary>
/// <param name="Loop">The loop that waited.</param>
/// <param name="Limit">How long it was to the next timer; null when none was set.</param>
/// <param name="Took">How long it waited, by the loop's clock.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record SlowPoll(EventLoop Loop, TimeSpan? Limit, TimeSpan Took) : LoopReport(Loop)
{
    /// <summary>Whether something woke the loop before its next timer was due.</summary>
    public bool WasWoken => Limit is null || Took < Limit;

    /// <inheritdoc />
    public override string Message => string.Create(
        CultureInfo.InvariantCulture,
        $"poll{Milliseconds(Limit)} took{Milliseconds(Took)}: {(WasWoken ? "woken" : "timeout")}");

    private static string Milliseconds(TimeSpan? time) => time is { } value
        ? string.Create(CultureInfo.InvariantCulture, $" {value.TotalMilliseconds:0.0} ms")
        : "";
}
