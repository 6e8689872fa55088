namespace Rondo.Runtime;

/// <summary>
/// What <see cref="EventLoop.Delay"/> returns the task of. The platform's own delay would do, were it not for its limit
/// of 49 days, and for a cancellation that runs the waiter's clean-up inside the call that cancels.
/// </summary>
internal sealed class DelayPromise : IPromiseOwner
{
    private readonly TaskCompletionSource _source;
    private readonly EventLoop _loop;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private readonly TimerHandle _timer;

    public DelayPromise(EventLoop loop, TimeSpan delay, CancellationToken cancellation)
    {
        _source = new TaskCompletionSource(this);
        _loop = loop;
        _cancellation = cancellation;
        _timer = loop.CallLater(delay, static self => ((DelayPromise)self!).Fire(), this);

        // Also a token that is cancelled already takes one turn: code that swallows the cancellation and waits again
        // must not keep the loop to itself.
        _registration = cancellation.UnsafeRegister(
            self => loop.TryDispatch(static promise => ((DelayPromise)promise!).Cancel(), self), this);
    }

    public Task Task => _source.Task;

    string IPromiseOwner.Title => _timer.DueText;

    // A cancellation, too, is carried out by a callback of the loop.
    EventLoop? IPromiseOwner.OnlyBy => _loop;

    bool IPromiseOwner.NeedsAll => true;

    IEnumerable<LoopFuture> IPromiseOwner.Awaited => [];

    private void Fire()
    {
        _registration.Unregister();
        _source.TrySetResult();
    }

    private void Cancel()
    {
        _timer.Cancel();
        _source.TrySetCanceled(_cancellation);
    }
}
