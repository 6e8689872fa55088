namespace Rondo.Runtime;

/// <summary>The loop as <c>await</c> sees it: continuations are posted, never run inline.</summary>
internal sealed class LoopSynchronizationContext(EventLoop loop) : SynchronizationContext
{
    private nint[] _handles = [];
    private bool _waitsForAll;
    private bool _isWaitOver;
    private bool _isObserving;

    public EventLoop Loop => loop;

    public override void Post(SendOrPostCallback d, object? state) => loop.Dispatch(d, state);

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!ReferenceEquals(EventLoop.Running, loop))
        {
            // To wait here would block a thread for the loop's sake; whoever needs the outcome awaits it.
            throw new NotSupportedException("Send would block this thread. Post, or await loop.SwitchTo().");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>From now on, waits of code on the loop's thread pass through here before they block.</summary>
    public void NotifyOfWaits() => SetWaitNotificationRequired();

    /// <summary>
    /// Whether what code on the loop's thread is about to wait for has happened already. Asking may use the signal up,
    /// so the wait then ends without blocking. Only for who is told of a wait.
    /// </summary>
    internal bool IsWaitOver =>
        _isWaitOver || (_isWaitOver = WaitHelper(_handles, _waitsForAll, 0) != WaitHandle.WaitTimeout);

    /// <summary>Whether the wait that is about to begin has no limit of time.</summary>
    internal bool IsWaitEndless { get; private set; }

    public override int Wait(nint[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        var observer = ReferenceEquals(EventLoop.Running, loop) && !_isObserving ? loop.Observer : null;
        if (observer is null)
        {
            return WaitHelper(waitHandles, waitAll, millisecondsTimeout);
        }

        (_handles, _waitsForAll, _isWaitOver) = (waitHandles, waitAll, false);
        IsWaitEndless = millisecondsTimeout == Timeout.Infinite;

        // The observer's own locks may have to wait, too.
        _isObserving = true;
        try
        {
            observer.WaitStarting();
        }
        finally
        {
            _isObserving = false;
        }

        try
        {
            return _isWaitOver ? 0 : WaitHelper(waitHandles, waitAll, millisecondsTimeout);
        }
        finally
        {
            observer.WaitEnded();
        }
    }
}
