using System.Diagnostics;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// A thread that looks at the loop from outside, and says what holds it while it is held. Where the wait hook has left
/// a stack it takes that; else it asks the kernel and the runtime's sample profiler.
/// </summary>
/// <remarks>
/// As long as callbacks end in time it costs one wake-up per interval. A look at a callback that was there at the
/// last look reads three small files under <c>/proc</c>.
/// </remarks>
internal sealed class LoopWatchdog : IDisposable
{
    private const int MostYoungWaits = 4;

    private static readonly TimeSpan s_shortestLimit = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestInterval = TimeSpan.FromMilliseconds(100);

    private readonly EventLoop _loop;
    private readonly Breadcrumb _breadcrumb;
    private readonly TimeSpan _limit;
    private readonly TimeSpan _interval;
    private readonly StuckTime _stuck;
    private readonly OtherThreads _others = new();
    private readonly CallSites _sites = new();
    private readonly object _gate = new();
    private OsThread? _watchedThread;
    private volatile bool _isEnded;
    private int _run;
    private volatile bool _isBusy;
    private long _lastLook;
    private long _missed;
    private long _watched;
    private StackTrace? _lastWait;
    private int _youngWaits;
    private bool _isNamed;

    public LoopWatchdog(EventLoop loop, Breadcrumb breadcrumb)
    {
        _loop = loop;
        _breadcrumb = breadcrumb;
        var limit = loop.Options.SlowCallbackDuration;
        _limit = limit > s_shortestLimit ? limit : s_shortestLimit;
        _interval = _limit / 4 < s_longestInterval ? _limit / 4 : s_longestInterval;
        _stuck = new StuckTime(_interval);
    }

    /// <summary>
    /// For how long the process has stood still, as far as this thread can tell by having been late itself. It only
    /// grows. Any thread.
    /// </summary>
    public TimeSpan Missed
    {
        get
        {
            var missed = Volatile.Read(ref _missed);
            var late = _isBusy ? TimeSpan.Zero : Late();
            return TimeSpan.FromTicks(missed) + late;
        }
    }

    /// <summary>
    /// How long it counts as stuck, if it is this callback that is being watched; else null. Any thread.
    /// </summary>
    public TimeSpan? StuckFor(long number) => Volatile.Read(ref _watched) == number ? _stuck.Total : null;

    /// <summary>The calling thread, which runs the loop from now on, is the one to watch.</summary>
    public void Watch(OsThread? thread)
    {
        Volatile.Write(ref _watchedThread, thread);
        Volatile.Write(ref _lastLook, Stopwatch.GetTimestamp());
        var run = _run;
        new Thread(() => Run(run)) { IsBackground = true, Name = "Rondo watchdog" }.UnsafeStart();
    }

    /// <summary>The run has ended: a loop that is dropped now must not be held by its watchdog.</summary>
    public void Rest()
    {
        lock (_gate)
        {
            _run++;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Ends the thread, without waiting for it: nothing is reported from now on.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnded = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run(int run)
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_isEnded && _run == run)
                {
                    Monitor.Wait(_gate, _interval);
                }

                if (_isEnded || _run != run)
                {
                    return;
                }
            }

            Volatile.Write(ref _missed, _missed + Late().Ticks);
            Volatile.Write(ref _lastLook, Stopwatch.GetTimestamp());
            Look();
        }
    }

    /// <summary>What is left of the time since the last look when two intervals are allowed for.</summary>
    private TimeSpan Late()
    {
        var late = Stopwatch.GetElapsedTime(Volatile.Read(ref _lastLook)) - (_interval * 2);
        return late > TimeSpan.Zero ? late : TimeSpan.Zero;
    }

    private void Look()
    {
        var number = _breadcrumb.Number;
        if (!Breadcrumb.IsRunning(number) || Debugger.IsAttached)
        {
            _watched = 0;
            return;
        }

        var wait = _breadcrumb.Wait;
        if (number != _watched)
        {
            _isNamed = false;
            _youngWaits = 0;
            _lastWait = wait;
            var now = ThreadReading.Of(_watchedThread);
            _stuck.Restart(Stopwatch.GetElapsedTime(_breadcrumb.Started), now);
            _others.Restart();
            if (wait is not null)
            {
                _others.Starved(_watchedThread, now.At);
            }

            Volatile.Write(ref _watched, number);
            return;
        }

        if (_isNamed)
        {
            return;
        }

        var reading = ThreadReading.Of(_watchedThread);
        _stuck.Add(reading, wait is null ? TimeSpan.Zero : _others.Starved(_watchedThread, reading.At));
        var isYoung = !ReferenceEquals(wait, _lastWait);
        _lastWait = wait;

        // A wait that has only just begun, or ended, is not what has taken the time; a callback with one short wait
        // after another is as good as stuck in any of them.
        if (_stuck.Total < _limit || (isYoung && ++_youngWaits < MostYoungWaits))
        {
            return;
        }

        _isNamed = true;
        _isBusy = true;
        Name(number, wait);
        Volatile.Write(ref _lastLook, Stopwatch.GetTimestamp());
        _isBusy = false;
    }

    private void Name(long number, StackTrace? wait)
    {
        var callback = _breadcrumb.Name.ToString();
        var held = Stopwatch.GetElapsedTime(_breadcrumb.Started);
        var systemCall = _watchedThread?.SystemCall();
        if (_breadcrumb.Number != number)
        {
            return;
        }

        LoopStack? stack;
        if (wait is not null)
        {
            stack = LoopStack.From(wait);
        }
        else if (_sites.MaySample(callback))
        {
            stack = Sample(number);
            if (stack?.Method is null)
            {
                stack = Sample(number) ?? stack;
            }
        }
        else
        {
            return;
        }

        // Ended before it could be seen: the line about the slow callback will say so.
        if (stack is null && _breadcrumb.Number != number)
        {
            return;
        }

        var isNew = _sites.MayReport(stack?.Line?.ToString() ?? callback, isSample: wait is null);
        if (isNew && !_isEnded)
        {
            _loop.Report(BlockingCall.Of(_loop, callback, held, stack, systemCall) with { IsSampled = wait is null });
        }
    }

    private LoopStack? Sample(long number) =>
        Sampler.TryTake(_watchedThread?.Id, () => !_isEnded && _breadcrumb.Number == number);
}
