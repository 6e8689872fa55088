namespace Rondo.Runtime.Tasks;

/// <summary>
/// Waits for several tasks at once (asyncio: <c>gather</c>, <c>wait</c>, <c>as_completed</c>, <c>shield</c>).
/// </summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
public static partial class Gather
{
    /// <summary>
    /// The results of all, in the order of <paramref name="tasks"/>. Ends with the first error at once; the others
    /// go on. When the scope around the caller is cancelled, all are, and their clean-up is awaited.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// One of them, or the scope around the caller, was cancelled.
    /// </exception>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static Task<T[]> AllAsync<T>(params IReadOnlyList<LoopTask<T>> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return ResultsAsync();

        async Task<T[]> ResultsAsync()
        {
            await JoinAsync(tasks, endsWithFirstError: true);
            return [.. tasks.Select(t => t.Result)];
        }
    }

    /// <summary>
    /// Waits until all have ended, however; each then holds its own outcome (asyncio: <c>return_exceptions</c>). When
    /// the scope around the caller is cancelled, all are, and their clean-up is awaited.
    /// </summary>
    /// <exception cref="OperationCanceledException">The scope around the caller was cancelled.</exception>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static Task<Task<T>[]> SettledAsync<T>(params IReadOnlyList<LoopTask<T>> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return OutcomesAsync();

        async Task<Task<T>[]> OutcomesAsync()
        {
            await JoinAsync(tasks, endsWithFirstError: false);
            return [.. tasks.Select(t => t.AsTask())];
        }
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
        return ShieldAsync(inner.AsTask());
    }

    /// <inheritdoc cref="ShieldAsync{T}(LoopTask{T})"/>
    public static Task<T> ShieldAsync<T>(LoopFuture<T> inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return ShieldAsync(inner.AsTask());
    }

    private static Task<T> ShieldAsync<T>(Task<T> inner) => inner.WaitAsync(CancelScope.Current?.Token ?? default);

    private static async Task JoinAsync<T>(IReadOnlyList<LoopTask<T>> tasks, bool endsWithFirstError)
    {
        // Not Task.WhenAll alone: it knows no scope.
        var loop = CancelScope.Loop();
        var all = loop.CreateFuture<bool>(
            $"{nameof(Gather)}.{(endsWithFirstError ? nameof(AllAsync) : nameof(SettledAsync))}");
        all.Sources = tasks;
        all.EndsEarlier = endsWithFirstError && tasks.Count > 1;
        var left = tasks.Count;
        foreach (var task in tasks)
        {
            task.AddDoneCallback(Take);
        }

        try
        {
            if (left > 0)
            {
                await all;
            }
        }
        catch (OperationCanceledException) when (CancelScope.Current is { IsCancelled: true })
        {
            foreach (var task in tasks)
            {
                loop.CancelAndReport(task, "the gather that waited for it was cancelled");
            }

            // Plain tasks: this wait is not cancelled with the scope.
            Task ended = Task.WhenAll(tasks.Select(t => t.AsTask()));
            await ended.ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            throw;
        }

        void Take(LoopFuture ended)
        {
            var error = ended.Exception;
            if (endsWithFirstError && error is not null)
            {
                all.TrySetException(error);
            }
            else if (endsWithFirstError && ended.IsCanceled)
            {
                all.TrySetCanceled();
            }
            else if (--left == 0)
            {
                all.TrySetResult(true);
            }
        }
    }
}
