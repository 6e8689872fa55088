namespace Rondo.Runtime.Tasks;

/// <summary>A stretch of code with a time limit (asyncio: <c>timeout()</c>).</summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
public static class TimeoutScope
{
    /// <summary>
    /// Runs <paramref name="body"/>; when the limit passes first, cancels it and waits for its cleanup.
    /// </summary>
    /// <param name="limit">
    /// From now; zero or less cancels the body at its first await, <see cref="Timeout.InfiniteTimeSpan"/> never.
    /// </param>
    /// <param name="body">
    /// Takes the scope that is cancelled at the limit. It may cancel the scope itself, and before the limit that is no
    /// timeout.
    /// </param>
    /// <returns>Whether the body was cancelled by <see cref="CancelScope.Cancel"/> of its scope.</returns>
    /// <exception cref="TimeoutException">The limit has passed, and nothing around the scope was cancelled.</exception>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static async Task<bool> RunAsync(TimeSpan limit, Func<CancelScope, Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        CancelScope? inside = null;
        var wasCancelled = await CancelScope.RunAsync(
            scope =>
            {
                inside = scope;
                return body(scope);
            },
            limit);
        return !wasCancelled || !inside!.IsOverdue
            ? wasCancelled
            : throw new TimeoutException($"The time limit of {limit.TotalSeconds:0.###} s has passed.");
    }

    /// <summary>
    /// Runs <paramref name="work"/> for at most <paramref name="limit"/> (asyncio: <c>wait_for</c>). Unlike
    /// <see cref="Task{TResult}.WaitAsync(TimeSpan)"/> the work is cancelled and its cleanup awaited.
    /// </summary>
    /// <param name="work">
    /// Takes the token that is cancelled at the limit. Not started at all if the limit is zero or less.
    /// </param>
    /// <param name="limit">From now; none when <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <exception cref="TimeoutException">The limit has passed.</exception>
    /// <exception cref="OperationCanceledException">The work has cancelled the scope it runs in.</exception>
    public static async Task<T> WaitForAsync<T>(Func<CancellationToken, Task<T>> work, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (limit <= TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan)
        {
            throw new TimeoutException("There was no time to start the work.");
        }

        var result = default(T);
        return await RunAsync(limit, async scope => result = await work(scope.Token))
            ? throw new OperationCanceledException("The work has cancelled the scope it ran in.")
            : result!;
    }
}
