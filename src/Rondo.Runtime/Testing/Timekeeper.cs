using Rondo.Runtime.Time;

namespace Rondo.Runtime.Testing;

/// <summary>
/// Decides how far virtual time moves when the loop is idle: to the next timer, or to where somebody who advances it
/// wants to be, whichever is sooner.
/// </summary>
internal sealed class Timekeeper(VirtualClock clock)
{
    // By target, first in first out among equal ones.
    private readonly List<Advance> _advances = [];
    private bool _isAtTheEnd;

    /// <summary>Whether time moves without being advanced.</summary>
    public bool AutoJump { get; set; } = true;

    /// <summary>At the last attempt to move: the time left until the next timer, infinite if there was none.</summary>
    public TimeSpan UntilNextTimer { get; private set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether the test has had its say, and only what is left ends. Any thread.</summary>
    public bool IsAtTheEnd => Volatile.Read(ref _isAtTheEnd);

    private TimeSpan Now => new(clock.GetTimestamp());

    public async Task AdvanceAsync(EventLoop loop, TimeSpan time)
    {
        var advance = new Advance(loop, Now + time);
        var place = _advances.FindIndex(a => a.Target > advance.Target);
        _advances.Insert(place < 0 ? _advances.Count : place, advance);
        try
        {
            await advance.Done.Task.WaitAsync(CancelScope.Current?.Token ?? default);
        }
        finally
        {
            _advances.Remove(advance);
        }
    }

    /// <summary>The loop is idle. Returns false when time may not move and nobody waits for it.</summary>
    public bool Jump(TimeSpan untilNextTimer)
    {
        UntilNextTimer = untilNextTimer;
        var hasTimer = untilNextTimer != Timeout.InfiniteTimeSpan;
        var next = hasTimer ? Now + untilNextTimer : TimeSpan.MaxValue;

        // What is due at the target runs before the one who waits for it. One at a time: the next finds the loop idle
        // again.
        if (_advances is [var first, ..] && first.Target < next)
        {
            clock.Move(first.Target - Now);
            _advances.RemoveAt(0);
            first.Loop.CallSoon(static done => ((TaskCompletionSource)done!).SetResult(), first.Done);
            return true;
        }

        if (hasTimer && (AutoJump || _advances.Count > 0))
        {
            clock.Move(untilNextTimer);
            return true;
        }

        return false;
    }

    /// <summary>From now on time moves by itself: nobody is left to advance it.</summary>
    public void End()
    {
        AutoJump = true;
        Volatile.Write(ref _isAtTheEnd, true);
    }

    private sealed class Advance(EventLoop loop, TimeSpan target)
    {
        public EventLoop Loop => loop;

        public TimeSpan Target => target;

        public TaskCompletionSource Done { get; } = new();
    }
}
