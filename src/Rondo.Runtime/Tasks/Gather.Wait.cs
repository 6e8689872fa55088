using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Tasks;

/// <content>Waiting for some of several, one after the other or together.</content>
public static partial class Gather
{
    /// <summary>
    /// Waits until enough of <paramref name="futures"/> have ended, or the time is over; never cancels them, and never
    /// throws what they throw (asyncio: <c>wait</c>).
    /// </summary>
    /// <param name="futures">At least one; tasks or futures of the running loop.</param>
    /// <param name="until">When it is enough.</param>
    /// <param name="timeout">
    /// From now; null and <see cref="Timeout.InfiniteTimeSpan"/> wait without limit, zero or less takes a turn.
    /// </param>
    /// <returns>Who has ended and who has not, both in the order of <paramref name="futures"/>.</returns>
    /// <exception cref="ArgumentException">There is nothing to wait for.</exception>
    /// <exception cref="OperationCanceledException">The scope around the caller was cancelled.</exception>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static Task<(IReadOnlyList<TFuture> Done, IReadOnlyList<TFuture> Pending)> WaitAsync<TFuture>(
        IEnumerable<TFuture> futures, WaitUntil until = WaitUntil.AllCompleted, TimeSpan? timeout = null)
        where TFuture : LoopFuture
    {
        ArgumentNullException.ThrowIfNull(futures);
        TFuture[] all = [.. futures.Distinct()];
        if (all.Length == 0)
        {
            throw new ArgumentException("There is nothing to wait for.", nameof(futures));
        }

        var limit = timeout == Timeout.InfiniteTimeSpan ? null : timeout;
        return WaitForAsync(CancelScope.Loop(), all, until, limit);
    }

    /// <summary>
    /// Goes through <paramref name="futures"/> in the order in which they end; each then holds its own outcome
    /// (asyncio: <c>as_completed</c>). Unlike <c>Task.WhenEach</c>, it stays on the loop.
    /// </summary>
    /// <param name="futures">Tasks or futures of the running loop. Leaving early does not cancel the others.</param>
    /// <param name="cancellationToken">Ends the waiting, as the scope around the caller does.</param>
    /// <exception cref="OperationCanceledException">
    /// The scope around the caller, or the token, was cancelled.
    /// </exception>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static IAsyncEnumerable<TFuture> AsCompletedAsync<TFuture>(
        IEnumerable<TFuture> futures, CancellationToken cancellationToken = default)
        where TFuture : LoopFuture
    {
        ArgumentNullException.ThrowIfNull(futures);
        return EnumerateAsync(CancelScope.Loop(), [.. futures.Distinct()], cancellationToken);
    }

    private static async Task<(IReadOnlyList<TFuture> Done, IReadOnlyList<TFuture> Pending)> WaitForAsync<TFuture>(
        EventLoop loop, TFuture[] all, WaitUntil until, TimeSpan? timeout)
        where TFuture : LoopFuture
    {
        var enough = loop.CreateFuture<bool>($"{nameof(Gather)}.{nameof(WaitAsync)}");
        enough.Sources = all;
        enough.EndsEarlier = all.Length > 1 && until != WaitUntil.AllCompleted || timeout is not null;
        var left = all.Length;
        var timer = timeout is { } limit ? loop.CallLater(limit, () => enough.TrySetResult(false)) : null;
        Array.ForEach(all, f => f.AddDoneCallback(Count));
        try
        {
            await enough;
        }
        finally
        {
            timer?.Cancel();
            Array.ForEach(all, f => f.RemoveDoneCallback(Count));
        }

        return ([.. all.Where(f => f.IsCompleted)], [.. all.Where(f => !f.IsCompleted)]);

        void Count(LoopFuture ended)
        {
            if (--left == 0
                || until == WaitUntil.FirstCompleted
                || (until == WaitUntil.FirstException && ended.IsFaulted))
            {
                enough.TrySetResult(true);
            }
        }
    }

    private static LoopFuture<bool> NextOf(EventLoop loop, LoopFuture[] all)
    {
        var next = loop.CreateFuture<bool>($"{nameof(Gather)}.{nameof(AsCompletedAsync)}");
        next.Sources = all;
        next.EndsEarlier = true;
        return next;
    }

    private static async IAsyncEnumerable<TFuture> EnumerateAsync<TFuture>(
        EventLoop loop, TFuture[] all, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TFuture : LoopFuture
    {
        var ended = new Queue<TFuture>();
        var next = NextOf(loop, all);
        using var cancellation = cancellationToken.UnsafeRegister(
            _ => loop.TryDispatch(_ => next.Cancel("the token was cancelled"), null), null);
        Array.ForEach(all, f => f.AddDoneCallback(Take));
        try
        {
            for (var left = all.Length; left > 0; left--)
            {
                if (ended.Count == 0)
                {
                    await next;
                }

                cancellationToken.ThrowIfCancellationRequested();
                next = NextOf(loop, all);
                yield return ended.Dequeue();
            }
        }
        finally
        {
            Array.ForEach(all, f => f.RemoveDoneCallback(Take));
        }

        void Take(LoopFuture future)
        {
            ended.Enqueue((TFuture)future);
            next.TrySetResult(true);
        }
    }
}
