namespace Rondo.Runtime.Executors;

/// <summary>How to make a <see cref="ProcessExecutor"/>.</summary>
/// <threadsafety>Immutable once made.</threadsafety>
public sealed record ProcessExecutorOptions
{
    private const long SmallestHeap = 16 << 20;

    /// <summary>For people, in reports and metrics. Default "processes".</summary>
    public string Name { get; init; } = "processes";

    /// <summary>
    /// How many calls run at the same time, each in a worker process of its own, at least 1. Default the number of
    /// processors. Workers are started when calls first need them, and stay.
    /// </summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// How many further processes are kept started, so that one that dies, is killed or retires is replaced at once; at
    /// least 0. Default 0: the next call then waits for a start. They are started with the first call.
    /// </summary>
    public int Spares { get; init; }

    /// <summary>
    /// After how many calls a worker is replaced, at least 1; default never. The remedy for code that leaks.
    /// </summary>
    public int MaxTasksPerWorker { get; init; } = int.MaxValue;

    /// <summary>
    /// How long a call may run, more than zero; default without limit. Then its worker is killed and replaced, and the
    /// call fails with <see cref="TimeoutException"/>.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// How large the managed heap of a worker may be, in bytes, at least 16 MiB; default no limit but the machine's.
    /// What does not fit ends its call with a <see cref="RemoteException"/> of <see cref="OutOfMemoryException"/>; the
    /// worker lives. Native memory does not count.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// How long a worker may take from its start to the end of <see cref="Initializer"/>, more than zero; default 60 s.
    /// Then it is killed and counts as not started.
    /// </summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Run once in each worker before its first call, within <see cref="StartTimeout"/>: a static method or a lambda
    /// that captures nothing. When it throws, the worker does not start. Default none.
    /// </summary>
    public Action? Initializer { get; init; }

    /// <summary>
    /// Called when a worker process has ended, for whatever reason, on a thread of the executor; it must not block.
    /// What it throws is dropped. Default none.
    /// </summary>
    public Action<WorkerExit>? OnWorkerExit { get; init; }

    /// <summary>
    /// The most calls that may wait for a worker, at least 0; more are refused with <see cref="QueueFullException"/>.
    /// Default no limit.
    /// </summary>
    public int QueueLimit { get; init; } = int.MaxValue;

    /// <summary>How long disposing waits for calls to end. Default 5 minutes (asyncio's limit).</summary>
    public TimeSpan ShutdownLimit { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What waits and limits are taken from; default the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Called before answers are received, by the thread that receives them; for tests.</summary>
    internal Action? Reading { get; init; }

    /// <summary>What to start instead of this program; for tests.</summary>
    internal string? Program { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    /// <exception cref="NotShippableException">The initialiser is more than a static method.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1, nameof(Workers));
        ArgumentOutOfRangeException.ThrowIfNegative(Spares, nameof(Spares));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTasksPerWorker, 1, nameof(MaxTasksPerWorker));
        ArgumentOutOfRangeException.ThrowIfNegative(QueueLimit, nameof(QueueLimit));
        if (MemoryLimit is { } bytes)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(bytes, SmallestHeap, nameof(MemoryLimit));
        }

        if (CallTimeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CallTimeout, TimeSpan.Zero, nameof(CallTimeout));
        }

        if (StartTimeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StartTimeout, TimeSpan.Zero, nameof(StartTimeout));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(
                StartTimeout.TotalMilliseconds, int.MaxValue, nameof(StartTimeout));
        }

        if (Initializer is not null)
        {
            ShippedMethod.Of(Initializer);
        }
    }
}
