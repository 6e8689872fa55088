namespace Rondo.Runtime;

/// <summary>How to make a loop.</summary>
/// <threadsafety>Immutable once made.</threadsafety>
public sealed record LoopOptions
{
    /// <summary>What the loop takes its time from; default the system's monotonic clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Receives what callbacks let escape, on the loop's thread; default writes it to standard error. An exception of
    /// the handler itself is written there too.
    /// </summary>
    public Action<LoopError>? ErrorHandler { get; init; }
}
