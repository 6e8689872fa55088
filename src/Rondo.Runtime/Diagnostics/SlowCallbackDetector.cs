using System.Diagnostics;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Times each callback and each turn, and reports those that took too long, once they are over. Time that the machine
/// has taken from the loop's thread does not count against them.
/// </summary>
internal sealed class SlowCallbackDetector(EventLoop loop, Breadcrumb breadcrumb, LoopWatchdog watchdog)
{
    // A reading takes some 20 us. What the machine took between the last one and the start is forgiven, too.
    private static readonly TimeSpan s_readingAge = TimeSpan.FromMilliseconds(10);

    private readonly TimeSpan _limit = loop.Options.SlowCallbackDuration;
    private OsThread? _thread;
    private ThreadReading _reading;
    private TimeSpan _missed;
    private int _count;
    private TimeSpan _sum;
    private TimeSpan _longest;
    private CallbackName _longestName;

    /// <summary>The calling thread runs the loop from now on.</summary>
    public void StartRun(OsThread? thread)
    {
        _thread = thread;
        Read();
    }

    public void StartTurn()
    {
        _count = 0;
        _sum = _longest = TimeSpan.Zero;
        if (Stopwatch.GetElapsedTime(0) - _reading.At > s_readingAge)
        {
            Read();
        }
    }

    /// <summary>To be called while the breadcrumb still shows the callback.</summary>
    public void EndCallback()
    {
        var took = Stopwatch.GetElapsedTime(breadcrumb.Started);
        if (took >= _limit)
        {
            // The watchdog may know that it was a starved thread that the callback had to wait for.
            if (IsOwn(took) && (watchdog.StuckFor(breadcrumb.Number) is not { } stuck || stuck >= _limit / 2))
            {
                var name = breadcrumb.Name;
                loop.Report(new SlowCallback(loop, name.ToString(), took) { Code = name.Code() });
            }

            return;
        }

        _count++;
        _sum += took;
        if (took > _longest)
        {
            _longest = took;
            _longestName = breadcrumb.Name;
        }
    }

    public void EndTurn()
    {
        if (_count > 1 && _sum >= _limit && IsOwn(_sum))
        {
            loop.Report(new TurnLag(loop, _count, _sum, _longestName.ToString(), _longest));
        }

        _longestName = default;
    }

    private bool IsOwn(TimeSpan took)
    {
        if (_limit <= TimeSpan.Zero)
        {
            return true;
        }

        var taken = ThreadReading.OfCaller(_thread).TakenSince(_reading) + (watchdog.Missed - _missed);
        return took - taken >= _limit && !Debugger.IsAttached;
    }

    private void Read()
    {
        _reading = ThreadReading.OfCaller(_thread);
        _missed = watchdog.Missed;
    }
}
