using System.Runtime.CompilerServices;

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
    [OverloadResolutionPriority(1)]
    public static Task<T[]> AllAsync<T>(params IReadOnlyList<LoopTask<T>> tasks) =>
        JoinAsync(tasks, endsWithFirstError: true, t => t.Result);

    /// <summary>As for tasks: for futures, such as calls of an executor.</summary>
    /// <inheritdoc cref="AllAsync{T}(IReadOnlyList{LoopTask{T}})" path="/exception"/>
    public static Task<T[]> AllAsync<T>(params IReadOnlyList<LoopFuture<T>> futures) =>
        JoinAsync(futures, endsWithFirstError: true, f => f.Result);

    /// <summary>As above: for what has no result, and for several kinds together.</summary>
    /// <inheritdoc cref="AllAsync{T}(IReadOnlyList{LoopTask{T}})" path="/exception"/>
    public static Task AllAsync(params IReadOnlyList<LoopFuture> futures) =>
        JoinAsync(futures, endsWithFirstError: true);

    /// <summary>
    /// Waits until all have ended, however; each then holds its own outcome (asyncio: <c>return_exceptions</c>). When
    /// the scope around the caller is cancelled, all are, and their clean-up is awaited.
    /// </summary>
    /// <exception cref="OperationCanceledException">The scope around the caller was cancelled.</exception>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    [OverloadResolutionPriority(1)]
    public static Task<Task<T>[]> SettledAsync<T>(params IReadOnlyList<LoopTask<T>> tasks) =>
        JoinAsync(tasks, endsWithFirstError: false, t => t.AsTask());

    /// <summary>As for tasks: for futures, such as calls of an executor.</summary>
    /// <inheritdoc cref="SettledAsync{T}(IReadOnlyList{LoopTask{T}})" path="/exception"/>
    public static Task<Task<T>[]> SettledAsync<T>(params IReadOnlyList<LoopFuture<T>> futures) =>
        JoinAsync(futures, endsWithFirstError: false, f => f.AsTask());

    /// <summary>As above: for what has no result, and for several kinds together.</summary>
    /// <inheritdoc cref="SettledAsync{T}(IReadOnlyList{LoopTask{T}})" path="/exception"/>
    public static Task<Task[]> SettledAsync(params IReadOnlyList<LoopFuture> futures) =>
        JoinAsync(futures, endsWithFirstError: false, f => f.AsTask());

    /// <summary>
    /// Waits for <paramref name="inner"/>, but does not take it along when the waiting is cancelled (asyncio:
    /// <c>shield</c>). If it fails after that and nobody else looks, the loop reports it.
    /// </summary>
    /// <param name="inner">A task or future of the running loop.</param>
    /// <exception cref="OperationCanceledException">
    /// The inner one was cancelled; or the scope around the caller was, and the inner one runs on.
    /// </exception>
    /// <exception cref="InvalidOperationException">No loop runs on this thread, or another one.</exception>
    public static Task<T> ShieldAsync<T>(LoopTask<T> inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return OutcomeOfAsync(inner, () => inner.Result);
    }

    /// <inheritdoc cref="ShieldAsync{T}(LoopTask{T})"/>
    public static Task<T> ShieldAsync<T>(LoopFuture<T> inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return OutcomeOfAsync(inner, () => inner.Result);
    }

    /// <inheritdoc cref="ShieldAsync{T}(LoopTask{T})"/>
    public static Task ShieldAsync(LoopFuture inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return OutcomeOfAsync(inner, () =>
        {
            inner.ThrowUnlessSucceeded();
            return true;
        });
    }

    // By a callback that is taken back: AsTask would say that somebody looks at a failure, also when nobody is left.
    private static async Task<T> OutcomeOfAsync<T>(LoopFuture inner, Func<T> outcome)
    {
        if (!inner.IsCompleted)
        {
            var ended = CancelScope.Loop().CreateFuture<bool>($"{nameof(Gather)}.{nameof(ShieldAsync)}");
            ended.Sources = [inner];
            Action<LoopFuture> end = _ => ended.TrySetResult(true);
            inner.AddDoneCallback(end);
            try
            {
                await ended;
            }
            finally
            {
                inner.RemoveDoneCallback(end);
            }
        }

        return outcome();
    }

    private static Task<TOutcome[]> JoinAsync<TFuture, TOutcome>(
        IReadOnlyList<TFuture> futures, bool endsWithFirstError, Func<TFuture, TOutcome> outcome)
        where TFuture : LoopFuture
    {
        ArgumentNullException.ThrowIfNull(futures);
        return OutcomesAsync();

        async Task<TOutcome[]> OutcomesAsync()
        {
            await JoinAsync(futures, endsWithFirstError);
            return [.. futures.Select(outcome)];
        }
    }

    private static Task JoinAsync(IReadOnlyList<LoopFuture> futures, bool endsWithFirstError)
    {
        ArgumentNullException.ThrowIfNull(futures);
        return WaitForAllAsync(futures, endsWithFirstError);
    }

    private static async Task WaitForAllAsync(IReadOnlyList<LoopFuture> futures, bool endsWithFirstError)
    {
        // Not Task.WhenAll alone: it knows no scope.
        var loop = CancelScope.Loop();
        var all = loop.CreateFuture<bool>(
            $"{nameof(Gather)}.{(endsWithFirstError ? nameof(AllAsync) : nameof(SettledAsync))}");
        all.Sources = futures;
        all.EndsEarlier = endsWithFirstError && futures.Count > 1;
        var left = futures.Count;
        foreach (var future in futures)
        {
            future.AddDoneCallback(Take);
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
            foreach (var future in futures)
            {
                loop.CancelAndReport(future, "the gather that waited for it was cancelled");
            }

            // Plain tasks: this wait is not cancelled with the scope.
            Task ended = Task.WhenAll(futures.Select(f => f.AsTask()));
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
