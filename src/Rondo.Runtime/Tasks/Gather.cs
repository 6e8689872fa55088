namespace Rondo.Runtime.Tasks;

/// <summary>Waits for several tasks at once (asyncio: <c>gather</c>, <c>shield</c>).</summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
public static class Gather
{
    /// <summary>
    /// The results of all, in the order of <paramref name="tasks"/>. Ends with the first error at once; the others go on.
    /// </summary>
    /// <exception cref="OperationCanceledException">One of them, or the scope around the caller, was cancelled.</exception>
    public static async Task<T[]> AllAsync<T>(params IReadOnlyList<LoopTask<T>> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var plain = tasks.Select(t => t.AsTask()).ToList();
        var cancellation = CancelScope.Current?.Token ?? default;
        await foreach (var ended in Task.WhenEach(plain).WithCancellation(cancellation))
        {
            await ended;
        }

        return await Task.WhenAll(plain);
    }

    /// <summary>Waits until all have ended, however; each then holds its own outcome (asyncio: <c>return_exceptions</c>).</summary>
    public static async Task<Task<T>[]> SettledAsync<T>(params IReadOnlyList<LoopTask<T>> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var plain = tasks.Select(t => t.AsTask()).ToArray();
        Task all = Task.WhenAll(plain);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return plain;
    }

    /// <summary>
    /// Waits for <paramref name="inner"/>, but does not take it along when the waiting is cancelled (asyncio: <c>shield</c>).
    /// </summary>
    /// <exception cref="OperationCanceledException">The scope around the caller was cancelled; the inner task runs on.</exception>
    public static Task<T> ShieldAsync<T>(LoopTask<T> inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return inner.AsTask().WaitAsync(CancelScope.Current?.Token ?? default);
    }
}
