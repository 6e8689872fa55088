using System.Globalization;

namespace Rondo.Runtime.Diagnostics;

/// <summary>A callback has taken longer than <see cref="LoopOptions.SlowCallbackDuration"/>, and everything waited for it.</summary>
/// <param name="Loop">The loop that ran it.</param>
/// <param name="Callback">Its name, as its author would recognise it.</param>
/// <param name="Took">By the system's clock, whatever the loop's is.</param>
/// <threadsafety>Immutable.</threadsafety>
public sealed record SlowCallback(EventLoop Loop, string Callback, TimeSpan Took) : LoopReport(Loop)
{
    /// <inheritdoc />
    public override string Message => string.Create(
        CultureInfo.InvariantCulture, $"Executing {Callback} took {Took.TotalSeconds:0.000} seconds");
}
