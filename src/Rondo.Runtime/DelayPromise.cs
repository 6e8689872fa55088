namespace Rondo.Runtime;

/// <summary>
/// What <see cref="EventLoop.Delay"/> returns the task of. The platform's own delay would do, were it not for its limit
/// of 49 days, and for a cancellation that runs the waiter's clean-up inside the call that cancels.
/// </summary>
internal sealed class DelayPromise : TaskCompletionSource
{
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private readonly TimerHandle _timer;

    public DelayPromise(EventLoop loop, TimeSpan delay, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _timer = loop.CallLater(delay, static self => ((DelayPromise)self!).Fire(), this);

        // Also a token that is cancelled already takes one turn: code that swallows the cancellation and waits again
        // must not keep the loop to itself.
        _registration = cancellation.UnsafeRegister(
            self => loop.TryDispatch(static promise => ((DelayPromise)promise!).Cancel(), self), this);
    }

    private void Fire()
    {
        _registration.Unregister();
        TrySetResult();
    }

    private void Cancel()
    {
        _timer.Cancel();
        TrySetCanceled(_cancellation);
    }
}
