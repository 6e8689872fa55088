namespace Rondo.Runtime.Polling;

/// <summary>
/// A poller for virtual time: where the real one would sleep until a deadline, it moves the clock there.
/// It waits for real only while work outside the loop is open.
/// </summary>
/// <param name="move">Moves the clock.</param>
/// <param name="patience">
/// How long, in real time, a loop that waits for nothing is left waiting before it counts as dead.
/// </param>
internal sealed class VirtualPoller(Action<TimeSpan> move, TimeSpan patience) : IPoller
{
    private readonly object _monitor = new();
    private bool _woken;
    private int _externalWork;

    /// <summary>
    /// Set when nothing can ever happen again: nothing is ready, no timer is set, and nobody outside works.
    /// </summary>
    public bool IsDeadlocked { get; private set; }

    public void Wait(TimeSpan limit)
    {
        lock (_monitor)
        {
            if (!_woken && limit != TimeSpan.Zero)
            {
                Wait(limit, isEndless: limit == Timeout.InfiniteTimeSpan);
            }

            _woken = false;
        }
    }

    public void Wake()
    {
        lock (_monitor)
        {
            _woken = true;
            Monitor.Pulse(_monitor);
        }
    }

    /// <summary>Work outside has begun: time stands still until it has ended.</summary>
    public void Enter()
    {
        lock (_monitor)
        {
            _externalWork++;
        }
    }

    /// <summary>Work outside has ended.</summary>
    public void Leave()
    {
        lock (_monitor)
        {
            _externalWork--;
            Monitor.Pulse(_monitor);
        }
    }

    public void Dispose()
    {
    }

    private void Wait(TimeSpan limit, bool isEndless)
    {
        while (_externalWork > 0 && !_woken)
        {
            Monitor.Wait(_monitor);
        }

        if (_woken)
        {
            return;
        }

        if (!isEndless)
        {
            move(limit);
        }
        else if (!Monitor.Wait(_monitor, patience))
        {
            IsDeadlocked = true;
        }
    }
}
