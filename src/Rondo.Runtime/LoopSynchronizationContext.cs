namespace Rondo.Runtime;

/// <summary>The loop as <c>await</c> sees it: continuations are posted, never run inline.</summary>
internal sealed class LoopSynchronizationContext(EventLoop loop) : SynchronizationContext
{
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

    public override int Wait(nint[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        var observer = ReferenceEquals(EventLoop.Running, loop) ? loop.Observer : null;
        observer?.WaitStarting();
        try
        {
            return WaitHelper(waitHandles, waitAll, millisecondsTimeout);
        }
        finally
        {
            observer?.WaitEnded();
        }
    }
}
