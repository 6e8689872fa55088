namespace Rondo.Runtime;

/// <summary>How to make a loop.</summary>
/// <threadsafety>Immutable once made.</threadsafety>
public sealed record LoopOptions
{
    /// <summary>
    /// The loop's name in reports, metrics and activities; default <c>loop-N</c>. A program that makes many loops gives
    /// them names from a small set: each name is one more series of metrics.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>What the loop takes its time from; default the system's monotonic clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// The name of what the loop waits with; default the environment variable <c>RONDO_POLLER</c>. Null or empty lets
    /// the loop choose; "portable" works everywhere and knows timers and other threads, no sockets.
    /// </summary>
    public string? Poller { get; init; } = Environment.GetEnvironmentVariable("RONDO_POLLER");

    /// <summary>
    /// Receives what callbacks let escape, on the loop's thread; default writes it to standard error. An exception of
    /// the handler itself is written there too. What would come back to a closed loop is reported here as well, on the
    /// thread that brings it.
    /// </summary>
    public Action<LoopError>? ErrorHandler { get; init; }

    /// <summary>
    /// Whether the loop starts in debug mode; default whether the environment variable <c>RONDO_DEBUG</c> is 1.
    /// </summary>
    public bool Debug { get; init; } = Environment.GetEnvironmentVariable("RONDO_DEBUG") == "1";

    /// <summary>
    /// In debug mode, how long a callback may take; default 100 ms, as asyncio's. After that what it is in is reported
    /// at once (at 20 ms at the soonest), and the callback when it has ended. Zero reports every callback,
    /// <see cref="Timeout.InfiniteTimeSpan"/> none.
    /// </summary>
    public TimeSpan SlowCallbackDuration
    {
        get;
        init => field = value == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : value;
    } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// In debug mode, how long a wait for timers and other threads may take, by the loop's clock, before it is
    /// reported; default null, never, as <see cref="Timeout.InfiniteTimeSpan"/>: to wait is no fault. One second shows
    /// the waits that asyncio logs.
    /// </summary>
    public TimeSpan? SlowPollDuration
    {
        get;
        init => field = value == Timeout.InfiniteTimeSpan ? null : value;
    }

    /// <summary>
    /// Whether <see cref="EventLoop.Run(Func{Task}, LoopOptions?)"/> lets the first Ctrl-C (SIGINT) cancel the main
    /// task. Default true; false, for libraries and tests, leaves Ctrl-C to the rest of the process.
    /// </summary>
    public bool HandleInterrupt { get; init; } = true;

    /// <summary>
    /// How long the end of <see cref="EventLoop.Run(Func{Task}, LoopOptions?)"/> waits for work in the default
    /// executor; default 5 minutes, as asyncio's. What has not started then is cancelled, what runs is left alone.
    /// </summary>
    public TimeSpan ExecutorShutdownLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether the user who started this process may look at its tasks from outside, with <c>rondo pstree</c>, over a
    /// local socket that is opened once for the process. Default by the environment variable <c>RONDO_INSPECT</c>,
    /// 1 or 0; null, if it is neither, means in debug mode.
    /// </summary>
    public bool? Inspectable { get; init; } = Environment.GetEnvironmentVariable("RONDO_INSPECT") switch
    {
        "1" => true,
        "0" => false,
        _ => null,
    };

    /// <summary>
    /// Receives what the debug mode finds, what holds up the end of a run, and what was dropped unclosed, on any thread;
    /// default writes it to standard error. Must not block.
    /// </summary>
    public Action<LoopReport>? ReportHandler { get; init; }

    /// <summary>
    /// Lets other threads take the loop over while its application code blocks; default null, never. Callbacks of such
    /// a loop do not exclude one another, <see cref="EventLoop.Running"/> is null in them and no synchronisation
    /// context is set; what they schedule is posted, and what cannot be posted refused. The debug mode does not watch
    /// it; its maker may have what blocks reported (<see cref="Diagnostics.BlockingReporter"/>).
    /// </summary>
    internal HandOver? HandOver { get; init; }
}
