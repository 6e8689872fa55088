using System.Diagnostics;
using System.Runtime;

namespace Rondo.Runtime.Diagnostics;

/// <summary>What is known at one moment about what a thread has had of its time.</summary>
/// <param name="At">By the system's monotonic clock.</param>
/// <param name="Times">From the kernel; null where it does not say.</param>
/// <param name="IsRunnable">Whether the thread runs or could run; false where the kernel does not say.</param>
/// <param name="Pauses">All the time for which the collector has stopped the process.</param>
/// <param name="Compiling">The just-in-time compiler's time.</param>
internal readonly record struct ThreadReading(
    TimeSpan At, OsThreadTimes? Times, bool IsRunnable, TimeSpan Pauses, TimeSpan Compiling)
{
    /// <summary>Of the calling thread.</summary>
    public static ThreadReading OfCaller(OsThread? self) => new(
        Now, self?.Times(), true, GC.GetTotalPauseDuration(), JitInfo.GetCompilationTime(currentThread: true));

    /// <summary>Of another thread; the compiler's time is that of all threads together.</summary>
    public static ThreadReading Of(OsThread? thread) => new(
        Now, thread?.Times(), thread?.IsRunnable() ?? false, GC.GetTotalPauseDuration(), JitInfo.GetCompilationTime());

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>What the machine has taken from the thread since <paramref name="before"/>.</summary>
    public TimeSpan TakenSince(in ThreadReading before) =>
        Pauses - before.Pauses + (Compiling - before.Compiling)
        + (Times is { } times && before.Times is { } earlier ? times.InQueue - earlier.InQueue : TimeSpan.Zero);
}
