namespace Rondo.Runtime;

/// <summary>
/// What the debug mode sees of a loop. The loop calls it on its own thread, from one place each; without an observer
/// that costs one comparison.
/// </summary>
internal interface ILoopObserver : IDisposable
{
    /// <summary>The calling thread has begun to run the loop.</summary>
    void RunStarting();

    /// <summary>The calling thread no longer runs the loop.</summary>
    void RunEnded();

    /// <summary>The loop has polled and goes on to its callbacks.</summary>
    void PollEnded();

    /// <summary>A callback is about to run.</summary>
    /// <param name="callback">What the ready queue holds: see <see cref="EventLoop.CallSoon(Action)"/>.</param>
    /// <param name="state">What it is handed.</param>
    void CallbackStarting(object callback, object? state);

    /// <summary>The callback has returned, or thrown.</summary>
    void CallbackEnded();

    /// <summary>All callbacks of the turn have run.</summary>
    void TurnEnded();

    /// <summary>The loop has nothing to do and is about to wait.</summary>
    void Idle();

    /// <summary>A task has been created; the creator is on the stack.</summary>
    void TaskCreated(LoopTask task);

    /// <summary>A task has ended, in whatever way.</summary>
    void TaskEnded(LoopTask task);

    /// <summary>A failure is reported to the error handler because nobody has looked at it.</summary>
    /// <param name="origin">What has failed, for people.</param>
    /// <param name="error">The failure.</param>
    /// <param name="creation">Where it was created, if that was kept.</param>
    void FailureLost(string origin, Exception error, CallStack? creation);

    /// <summary>A task's cancellations have all been taken back: it has a new token.</summary>
    void TaskRenewed(LoopTask task);

    /// <summary>A thread that does not own the loop is being refused; on that thread.</summary>
    void CalledFromWrongThread();

    /// <summary>
    /// Code on the loop's thread is about to block in a wait of the runtime: a lock, an event, a task. It throws to
    /// refuse a wait that could never end.
    /// </summary>
    void WaitStarting();

    /// <summary>The wait is over.</summary>
    void WaitEnded();
}
