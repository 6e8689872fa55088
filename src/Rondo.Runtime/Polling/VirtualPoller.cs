using System.Diagnostics;

namespace Rondo.Runtime.Polling;

/// <summary>
/// A poller for virtual time: where the real one would sleep until a deadline, it lets the clock jump. It waits for
/// real only while work outside the loop is open, and a moment before it gives up.
/// </summary>
/// <param name="jump">
/// Called when the loop is idle: nothing is ready, nothing was posted and no work is open outside. Takes the time left
/// until the next timer, or <see cref="Timeout.InfiniteTimeSpan"/>; returns false when it could do nothing.
/// </param>
internal sealed class VirtualPoller(Func<TimeSpan, bool> jump) : IPoller
{
    private readonly object _monitor = new();
    private readonly List<OpenWork> _work = [];
    private bool _woken;
    private bool _wasStuck;

    /// <summary>Whether the last wait has shown that nothing can ever happen again, or not for too long.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>How long a loop that waits for nothing is left waiting before it is stuck; real time.</summary>
    public required TimeSpan Patience { get; set; }

    /// <summary>How long work outside may keep a loop waiting that has nothing else to do; real time.</summary>
    public TimeSpan WorkLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for posts that nobody has announced before time moves; real time.</summary>
    public TimeSpan Settling { get; set; }

    /// <summary>Whether work is open outside. Any thread.</summary>
    public bool HasOpenWork
    {
        get
        {
            lock (_monitor)
            {
                return _work.Count > 0;
            }
        }
    }

    public void Wait(TimeSpan limit)
    {
        lock (_monitor)
        {
            IsStuck = false;
            if (!_woken && limit != TimeSpan.Zero)
            {
                WaitIdle(limit);
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

    /// <summary>Work outside begins: time stands still until the result is disposed. Any thread.</summary>
    public IDisposable Track(string name)
    {
        var work = new OpenWork(this, name);
        lock (_monitor)
        {
            _work.Add(work);
        }

        return work;
    }

    /// <summary>What is open, for people: each with the real time since it began, the oldest first.</summary>
    public IReadOnlyList<string> DescribeWork()
    {
        lock (_monitor)
        {
            return [.. _work.Select(w => w.ToString())];
        }
    }

    public void Dispose()
    {
    }

    private void WaitIdle(TimeSpan limit)
    {
        while (_work.Count > 0 && !_woken)
        {
            // A wake that comes as the wait ends is one all the same.
            if (!Monitor.Wait(_monitor, WorkLimit) && _work.Count > 0 && !_woken)
            {
                IsStuck = _wasStuck = true;
                return;
            }
        }

        if (_woken || (Settling > TimeSpan.Zero && Monitor.Wait(_monitor, Settling)))
        {
            return;
        }

        // A loop that was stuck once is being ended: nobody outside is left to be waited for.
        if (!jump(limit)
            && !Monitor.Wait(_monitor, _wasStuck ? TimeSpan.Zero : Patience) && _work.Count == 0 && !_woken)
        {
            IsStuck = _wasStuck = true;
        }
    }

    private void Leave(OpenWork work)
    {
        lock (_monitor)
        {
            _work.Remove(work);
            Monitor.Pulse(_monitor);
        }
    }

    private sealed class OpenWork(VirtualPoller poller, string name) : IDisposable
    {
        private readonly long _start = Stopwatch.GetTimestamp();

        public void Dispose() => poller.Leave(this);

        public override string ToString() => $"{name} ({Stopwatch.GetElapsedTime(_start).TotalSeconds:0.0} s)";
    }
}
