using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// The debug mode of one loop: it keeps what the loop is doing at present, and hands each moment to the detectors that
/// care about it.
/// </summary>
internal sealed class LoopDebugger : ILoopObserver
{
    private readonly EventLoop _loop;
    private readonly Breadcrumb _breadcrumb = new();
    private readonly LoopWatchdog _watchdog;
    private readonly SlowCallbackDetector _slowCallbacks;
    private readonly SlowPollDetector _slowPolls;
    private readonly LostExceptionDetector _lostExceptions;
    private readonly NeverAwaitedDetector _neverAwaited;
    private readonly CancellationDetector _cancellations;
    private readonly WrongThreadDetector _wrongThreads;
    private readonly SelfDeadlockDetector _selfDeadlocks;
    private readonly AwaitCycleDetector _awaitCycles;

    public LoopDebugger(EventLoop loop)
    {
        _loop = loop;
        WeakLoop = new WeakReference<EventLoop>(loop);
        _watchdog = new LoopWatchdog(loop, _breadcrumb);
        _slowCallbacks = new SlowCallbackDetector(loop, _breadcrumb, _watchdog);
        _slowPolls = new SlowPollDetector(loop);
        _lostExceptions = new LostExceptionDetector(loop);
        _neverAwaited = new NeverAwaitedDetector(loop);
        _cancellations = new CancellationDetector(loop);
        _wrongThreads = new WrongThreadDetector(loop);
        _selfDeadlocks = new SelfDeadlockDetector(loop);
        _awaitCycles = new AwaitCycleDetector(loop);
    }

    /// <summary>For what the process holds for longer than a loop may live.</summary>
    public WeakReference<EventLoop> WeakLoop { get; }

#pragma warning disable CA2255 // The loop's room lies below this one and cannot name it; it must not have to be asked for.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Attach()
    {
        EventLoop.ObserverFactory = static loop => new LoopDebugger(loop);
        EventLoop.RingFinder = AwaitRings.Of;
    }

    public void RunStarting()
    {
        AppDomain.CurrentDomain.FirstChanceException += ExceptionThrown;
        TaskTracking.Start();
        InspectionServer.Consider(_loop);
        _wrongThreads.RunStarting();
        var thread = OsThread.Current();
        _watchdog.Watch(thread);
        _slowCallbacks.StartRun(thread);
    }

    public void RunEnded()
    {
        AppDomain.CurrentDomain.FirstChanceException -= ExceptionThrown;
        _watchdog.Rest();
        TaskTracking.Stop();
    }

    public void PollEnded()
    {
        _slowPolls.PollEnded();
        _slowCallbacks.StartTurn();
    }

    public void CallbackStarting(object callback, object? state) => _breadcrumb.Start(callback, state);

    public void CallbackEnded()
    {
        _slowCallbacks.EndCallback();
        _breadcrumb.End();
    }

    public void TurnEnded()
    {
        _slowCallbacks.EndTurn();
        TaskTracking.Update();
    }

    public void Idle()
    {
        _lostExceptions.Idle();
        _slowPolls.Idle();
        _awaitCycles.Idle();
    }

    public void TaskCreated(LoopTask task)
    {
        task.CreationSite = CallStack.Capture();
        _cancellations.TaskCreated(task);
    }

    public void TaskEnded(LoopTask task) => _cancellations.TaskEnded(task);

    public void FailureLost(string origin, Exception error, CallStack? creation) =>
        _lostExceptions.Lost(origin, error, creation);

    public void TaskRenewed(LoopTask task) => _cancellations.TaskRenewed(task);

    public void CalledFromWrongThread() => _wrongThreads.Refused();

    public void WaitStarting()
    {
        // First: a wait that is refused does not begin.
        _selfDeadlocks.WaitStarting();
        _breadcrumb.StartWait();
    }

    public void WaitEnded() => _breadcrumb.EndWait();

    public void Dispose()
    {
        _watchdog.Dispose();
        _awaitCycles.Dispose();
        _cancellations.Dispose();
        if (_loop.IsClosed)
        {
            EndWithTheLoop();
        }

        _neverAwaited.Release();
    }

    // Nothing will be collected once the process has ended: what only the collector can find, it finds now.
    private void EndWithTheLoop()
    {
        if (_neverAwaited.End(_loop.UnfinishedTasks) || _lostExceptions.HasThrown)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    // Any thread of the process; nothing may escape from here.
    private void ExceptionThrown(object? sender, FirstChanceExceptionEventArgs args)
    {
        if (ReferenceEquals(EventLoop.Running, _loop))
        {
            _lostExceptions.Thrown(args.Exception);
            _cancellations.Thrown(args.Exception);
        }
    }
}
