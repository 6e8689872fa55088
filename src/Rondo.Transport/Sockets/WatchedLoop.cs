using System.Diagnostics;
using Rondo.Runtime;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Transport.Sockets;

/// <summary>A loop as its monitor sees it from outside: since when it has been in the same callback.</summary>
internal sealed class WatchedLoop(EventLoop loop)
{
    [ThreadStatic]
    private static OsThread? t_thread;

    private OsThread? _thread;
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
        _thread = t_thread ??= OsThread.Current();
        return loop.RunUntilLost();
    }

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
