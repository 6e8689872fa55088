using System.Globalization;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// The callbacks of one turn have together taken longer than <see cref="LoopOptions.SlowCallbackDuration"/>, though
/// none of them did on its own: timers and I/O had to wait for all of them.
/// </summary>
/// <param name="Loop">The loop that ran them.</param>
/// <param name="Callbacks">How many ran.</param>
/// <param name="Took">What they took together, by the system's clock.</param>
/// <param name="Longest">The name of the one that took longest, as its author would recognise it.</param>
/// <param name="LongestTook">What that one took.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record TurnLag(EventLoop Loop, int Callbacks, TimeSpan Took, string Longest, TimeSpan LongestTook)
    : LoopReport(Loop)
{
    /// <inheritdoc />
    public override string Message => string.Create(
        CultureInfo.InvariantCulture,
        $"A turn of {Callbacks} callbacks took {Took.TotalSeconds:0.000} seconds; the longest was {Longest} "
        + $"with {LongestTook.TotalSeconds:0.000}");
}
