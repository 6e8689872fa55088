namespace Rondo.Runtime.Tasks;

/// <summary>Waits for several tasks at once (asyncio: <c>gather</c>, <c>shield</c>).</summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
public static class Gather
{
    /// <summary>
    /// The results of all, in the order of <paramref name="tasks"/>. Ends with the first error at once; the others
    /// go on.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// One of them, or the scope around the caller, was cancelled.
    /// </exception>
    public static Task<T[]> AllAsync<T>(params IReadOnlyList<LoopTask<T>> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);

        // Not Task.WhenEach: it goes on over the thread pool, and a loop in virtual time would think itself idle.
        var outcome = new TaskCompletionSource<T[]>();
        var left = tasks.Count;
        foreach (var task in tasks)
        {
            task.AddDoneCallback(_ => Take(task.AsTask()));
        }

        if (left == 0)
        {
            outcome.SetResult([]);
        }

        return outcome.Task.WaitAsync(CancelScope.Current?.Token ?? default);

        void Take(Task<T> ended)
        {
            if (ended.IsCanceled)
            {
                outcome.TrySetCanceled();
            }
            else if (ended.Exception is { } error)
            {
                outcome.TrySetException(error.InnerExceptions);
            }
            else if (--left == 0)
            {
                outcome.TrySetResult([.. tasks.Select(t => Result(t.AsTask()))]);
            }
        }
    }

    /// <summary>
    /// Waits until all have ended, however; each then holds its own outcome (asyncio: <c>return_exceptions</c>).
    /// </summary>
    public static async Task<Task<T>[]> SettledAsync<T>(params IReadOnlyList<LoopTask<T>> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var plain = tasks.Select(t => t.AsTask()).ToArray();
        Task all = Task.WhenAll(plain);
        await all.ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return plain;
    }

    /// <summary>
    /// Waits for <paramref name="inner"/>, but does not take it along when the waiting is cancelled (asyncio:
    /// <c>shield</c>).
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// The scope around the caller was cancelled; the inner task runs on.
    /// </exception>
    public static Task<T> ShieldAsync<T>(LoopTask<T> inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return inner.AsTask().WaitAsync(CancelScope.Current?.Token ?? default);
    }

    private static T Result<T>(Task<T> ended)
    {
#pragma warning disable RS0030 // All have ended.
        return ended.Result;
#pragma warning restore RS0030
    }
}
