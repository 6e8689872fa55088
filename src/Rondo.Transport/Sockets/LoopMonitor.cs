using System.Diagnostics;
using Rondo.Runtime;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Transport.Sockets;

/// <summary>
/// Watches the loops of a server from a thread of its own, and has a spare thread take over the one whose application
/// code does not come back. What waits in the runtime says so itself (<see cref="Blocks"/>) and need not be found.
/// </summary>
internal sealed class LoopMonitor : HandOver, IDisposable
{
    // About a tenth of a second; to rest and to resume costs what some samples cost.
    private const int LooksBeforeRest = 40;

    private readonly TimeSpan _limit;
    private readonly int _period;
    private readonly ManualResetEventSlim _resume = new(false, spinCount: 0);
    private readonly ManualResetEventSlim _ended = new(false, spinCount: 0);
    private readonly Thread _thread;
    private WatchedLoop[] _loops = [];
    private volatile bool _isResting;
    private volatile bool _isDisposed;

    /// <param name="spares">Who takes over.</param>
    /// <param name="limit">How long a callback may take.</param>
    /// <param name="reporter">Is told of what blocks, to look for its line; null if nobody is.</param>
    public LoopMonitor(SpareThreads spares, TimeSpan limit, BlockingReporter? reporter = null)
    {
        Spares = spares;
        Reporter = reporter;
        _limit = limit;
        _period = (int)Math.Ceiling(limit.TotalMilliseconds / 2);
        _thread = new Thread(Run) { Name = "rondo-monitor", IsBackground = true };
        _thread.UnsafeStart();
    }

    public SpareThreads Spares { get; }

    /// <summary>Who says which line blocks; null if nobody does.</summary>
    public BlockingReporter? Reporter { get; }

    /// <summary>How long a callback may take before its loop goes on without it.</summary>
    public TimeSpan Limit => _limit;

    public override bool IsExhausted => Spares.IsExhausted;

    public override bool IsResting => _isResting;

    /// <summary>Runs a new loop, and watches it from now on.</summary>
    public void Start(EventLoop loop, Action onStopped)
    {
        var watched = new WatchedLoop(loop, Reporter);
        var run = RunOf(watched, onStopped);
        watched.OnTakenOver = () => Spares.RunLoop(run, isTakenOver: true);
        Volatile.Write(ref _loops, [.. _loops, watched]);
        Spares.RunLoop(run, isTakenOver: false);
        Resume();
    }

    /// <summary>
    /// The calling thread is about to block. If it runs a loop, that goes on on another thread from here on.
    /// </summary>
    /// <returns>Whether it did run this loop.</returns>
    public bool Blocks(EventLoop loop)
    {
        if (!loop.TryClaimOwn())
        {
            return false;
        }

        GiveAway(Array.Find(_loops, l => ReferenceEquals(l.Loop, loop))!, isSeen: true);
        return true;
    }

    public override void Resume()
    {
        _isResting = false;
        _resume.Set();
    }

    public void Dispose()
    {
        _isDisposed = true;
        _ended.Set();
        Resume();
        _thread.Join();
        _ended.Dispose();
        _resume.Dispose();
    }

    private static Func<bool> RunOf(WatchedLoop watched, Action onStopped) => () =>
    {
        var hasStopped = watched.Run();
        if (hasStopped)
        {
            onStopped();
        }

        return hasStopped;
    };

    private void Run()
    {
        var quiet = 0;
        while (!_isDisposed)
        {
            var start = Stopwatch.GetTimestamp();
            _ended.Wait(_period);
            var overslept = Stopwatch.GetElapsedTime(start).TotalMilliseconds - _period;
            quiet = Look(isStalled: overslept > _limit.TotalMilliseconds / 2) ? 0 : quiet + 1;
            if (quiet >= LooksBeforeRest)
            {
                Rest();
                quiet = 0;
            }
        }
    }

    /// <returns>Whether anything runs.</returns>
    private bool Look(bool isStalled)
    {
        var runs = false;
        foreach (var loop in Volatile.Read(ref _loops))
        {
            var verdict = loop.Look(_limit, isStalled, out var hasMoved);
            runs |= hasMoved;
            if (verdict == StuckVerdict.MachineStalled)
            {
                TransportMetrics.Stalled();
            }
            else if (verdict == StuckVerdict.Stuck && loop.TryClaim())
            {
                GiveAway(loop, isSeen: false);
            }
        }

        return runs;
    }

    /// <param name="loop">What has been claimed.</param>
    /// <param name="isSeen">Whether the thread that blocks knows, and says itself where it is.</param>
    private static void GiveAway(WatchedLoop loop, bool isSeen)
    {
        // Before the new owner forgets it, and runs into the next of its kind.
        var work = loop.Loop.RunsFor as IApplicationWork;
        work?.HasBlocked();
        if (!isSeen)
        {
            loop.Watch(work?.Name ?? loop.Loop.Name);
        }

        loop.OnTakenOver();
        TransportMetrics.TakenOver();
    }

    private void Rest()
    {
        _resume.Reset();
        _isResting = true;

        // A loop enters application code by a plain store and looks for our flag after it. After this barrier either it
        // has seen the flag, or we see what it has stored.
        Interlocked.MemoryBarrierProcessWide();
        if (!Look(isStalled: false) && !_isDisposed)
        {
            _resume.Wait();
        }

        _isResting = false;
    }
}
