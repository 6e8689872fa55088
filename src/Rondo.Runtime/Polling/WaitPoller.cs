namespace Rondo.Runtime.Polling;

/// <summary>The portable poller: it knows no descriptors and waits on a monitor, on any operating system.</summary>
internal sealed class WaitPoller : IPoller
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(int.MaxValue - 1);

    private readonly object _monitor = new();
    private bool _woken;

    public void Wait(TimeSpan limit)
    {
        // There is nothing to look at; a wake that comes meanwhile is left for the next wait.
        if (limit == TimeSpan.Zero)
        {
            return;
        }

        lock (_monitor)
        {
            if (!_woken)
            {
                Monitor.Wait(_monitor, RoundUp(limit));
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

    public void Dispose()
    {
    }

    // A monitor counts whole milliseconds. Rounded down, a loop would spin through the last one before each deadline.
    private static TimeSpan RoundUp(TimeSpan limit) =>
        limit == Timeout.InfiniteTimeSpan ? limit
        : limit >= LongestWait ? LongestWait
        : TimeSpan.FromMilliseconds(Math.Ceiling(limit.TotalMilliseconds));
}
