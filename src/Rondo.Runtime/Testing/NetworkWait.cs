namespace Rondo.Runtime.Testing;

/// <summary>
/// One operation on the network that waits. It goes on in a callback of its own and under no synchronisation context:
/// what awaits it with one is posted there, and a library that wants none stays on the loop.
/// </summary>
internal sealed class NetworkWait(EventLoop loop)
{
    private readonly TaskCompletionSource _done = new();

    /// <summary>Waits for <see cref="End"/>, the token or the scope around the caller.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        var scope = CancelScope.Current?.Token ?? default;
        using var byCaller = cancellation.UnsafeRegister(Cancel, this);
        using var byScope = scope.UnsafeRegister(Cancel, this);
        await _done.Task.ConfigureAwait(false);
    }

    /// <summary>Lets the operation go on, or fail. Loop thread only.</summary>
    public void End(Exception? error = null) => loop.CallSoon(() =>
    {
        SynchronizationContext.SetSynchronizationContext(null);
        if (error is null)
        {
            _done.TrySetResult();
        }
        else
        {
            _done.TrySetException(error);
        }
    });

    /// <summary>What every operation does first: refuse what is cancelled already, and come to the loop.</summary>
    public static SwitchToLoop EnterAsync(EventLoop loop, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        CancelScope.Current?.Token.ThrowIfCancellationRequested();
        return loop.SwitchTo();
    }

    private static void Cancel(object? wait, CancellationToken token) => ((NetworkWait)wait!).Cancel(token);

    private void Cancel(CancellationToken token)
    {
        if (!loop.IsClosed)
        {
            loop.Dispatch(
                (Action)(() =>
                {
                    SynchronizationContext.SetSynchronizationContext(null);
                    _done.TrySetCanceled(token);
                }),
                null);
        }
    }
}
