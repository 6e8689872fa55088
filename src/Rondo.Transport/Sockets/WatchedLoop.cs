using System.Diagnostics;
using Rondo.Runtime;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Transport.Sockets;

/// <summary>A loop as its monitor sees it from outside: since when it has been in the same callback.</summary>
/// <param name="loop">The loop.</param>
/// <param name="reporter">Looks for the line that blocks; null if nobody does.</param>
#pragma warning disable CA1001 // The event is not disposed: who looks for the line may still be at it.
internal sealed class WatchedLoop(EventLoop loop, BlockingReporter? reporter)
#pragma warning restore CA1001
{
    [ThreadStatic]
    private static OsThread? t_thread;

    private OsThread? _thread;
    private ManualResetEventSlim? _hasEnded;
    private long _word;
    private long _since;
    private long _measuredAt;
    private OsThreadTimes? _measured;

    public EventLoop Loop => loop;

    /// <summary>Has a spare thread run it.</summary>
    public Action OnTakenOver { get; set; } = () => { };

    /// <summary>Runs the loop on the calling thread until it stops or another thread has it.</summary>
    /// <returns>Whether it has stopped.</returns>
    public bool Run()
    {
        _thread = CurrentThread();
        if (reporter is null)
        {
            return loop.RunUntilLost();
        }

        var hasEnded = _hasEnded = new ManualResetEventSlim();
        var hasStopped = loop.RunUntilLost();
        hasEnded.Set();
        return hasStopped;
    }

    /// <summary>The calling thread, looked up once.</summary>
    public static OsThread? CurrentThread() => t_thread ??= OsThread.Current();

    /// <summary>Has the line looked for in which its callback is stuck. Only while it is claimed.</summary>
    public void Watch(string callback) => reporter?.Watch(loop, callback, _thread, _hasEnded!);

    /// <summary>Looks once. Monitor thread.</summary>
    /// <param name="limit">How long a callback may take.</param>
    /// <param name="isStalled">Whether the monitor itself did not get to run in time.</param>
    /// <param name="hasMoved">Whether anything has run since the last look, or still runs.</param>
    public StuckVerdict Look(TimeSpan limit, bool isStalled, out bool hasMoved)
    {
        var word = loop.Word;
        var now = Stopwatch.GetTimestamp();
        var isNew = word != _word;
        var runs = EventLoop.IsApplicationCode(word);
        hasMoved = isNew || runs;
        if (isNew || !runs || isStalled)
        {
            (_word, _since, _measured) = (word, now, null);
            return isStalled && runs && !isNew ? StuckVerdict.MachineStalled : StuckVerdict.Fine;
        }

        if (_measured is null)
        {
            _measured = Volatile.Read(ref _thread)?.Times() ?? default(OsThreadTimes);
            _measuredAt = now;
            return StuckVerdict.Fine;
        }

        return Stopwatch.GetElapsedTime(_since, now) < limit ? StuckVerdict.Fine
            : IsHeldUp(Stopwatch.GetElapsedTime(_measuredAt, now), limit) ? StuckVerdict.MachineStalled
            : StuckVerdict.Stuck;
    }

    /// <summary>
    /// Whether others had the processor for most of the time since it was measured: then the machine is slow, not the
    /// callback.
    /// </summary>
    private bool IsHeldUp(TimeSpan time, TimeSpan limit)
    {
        var thread = Volatile.Read(ref _thread);
        if (_measured is not { } before || thread?.Times() is not { } times)
        {
            return false;
        }

        // The kernel counts a wait for the processor when it is over. So of a thread that could run only what it has
        // computed says that it did; the next look may see more of it.
        return thread.IsRunnable()
            ? times.OnProcessor - before.OnProcessor < limit / 2
            : times.InQueue - before.InQueue > time / 2;
    }

    /// <summary>Claims what was found stuck, unless it has come back meanwhile.</summary>
    public bool TryClaim() => loop.TryClaim(_word);
}

/// <summary>What a look at a loop says.</summary>
internal enum StuckVerdict
{
    /// <summary>It runs, or waits for something to do.</summary>
    Fine,

    /// <summary>It may be stuck, but it may as well be that it could not run.</summary>
    MachineStalled,

    /// <summary>Its callback has taken longer than it may.</summary>
    Stuck,
}
