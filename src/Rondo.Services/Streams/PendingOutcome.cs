namespace Rondo.Services.Streams;

/// <summary>
/// What becomes of something that waits for a writer: until that takes it on, its caller may withdraw it.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class PendingOutcome<T>
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    // The caller goes on where it came from, not on the writer's thread.
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state;

    public Task<T> Done => _done.Task;

    /// <summary>False when it was withdrawn before.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    public void Succeed(T result) => _done.TrySetResult(result);

    public void Fail(Exception reason) => _done.TrySetException(reason);

    public void CancelWhen(CancellationToken cancellation)
    {
        if (cancellation.CanBeCanceled)
        {
            var registration = cancellation.UnsafeRegister(
                (_, token) =>
                {
                    if (Interlocked.CompareExchange(ref _state, Withdrawn, Waiting) == Waiting)
                    {
                        _done.TrySetCanceled(token);
                    }
                },
                null);
            _done.Task.ContinueWith(
                (_, state) => ((CancellationTokenRegistration)state!).Unregister(), registration,
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
