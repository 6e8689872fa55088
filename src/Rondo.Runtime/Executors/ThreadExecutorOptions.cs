namespace Rondo.Runtime.Executors;

/// <summary>How to make a <see cref="ThreadExecutor"/>.</summary>
/// <threadsafety>Immutable once made.</threadsafety>
public sealed record ThreadExecutorOptions
{
    /// <summary>For people: the threads are called NAME-1 and so on. Default "executor".</summary>
    public string Name { get; init; } = "executor";

    /// <summary>
    /// The most threads, at least 1; each is started when work first needs it. Default the number of processors and 4
    /// more, at most 32 (as in Python: the work is expected to wait, not to compute).
    /// </summary>
    public int MaxThreads { get; init; } = Math.Min(32, Environment.ProcessorCount + 4);

    /// <summary>
    /// The most work that may wait for a thread, at least 0; more is refused with <see cref="QueueFullException"/>.
    /// Default no limit.
    /// </summary>
    public int QueueLimit { get; init; } = int.MaxValue;

    /// <summary>How long disposing waits for work to end. Default 5 minutes (asyncio's limit).</summary>
    public TimeSpan ShutdownLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What the wait in the queue and the shutdown limit are taken from; default the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Called before a thread is started; for tests.</summary>
    internal Action? Starting { get; init; }
}
