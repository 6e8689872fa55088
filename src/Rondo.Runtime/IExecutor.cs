namespace Rondo.Runtime;

/// <summary>
/// Runs work that would block a loop, or keep it busy, somewhere else (asyncio: <c>concurrent.futures.Executor</c>).
/// On a loop, use <c>loop.RunInExecutor</c>.
/// </summary>
/// <threadsafety>Any thread.</threadsafety>
public interface IExecutor : IAsyncDisposable
{
    /// <summary>Runs <paramref name="work"/> as soon as a worker is free, first in first out.</summary>
    /// <param name="work">Runs on a worker.</param>
    /// <param name="cancellationToken">
    /// Takes the work back as long as it has not started; whether it stops work that runs is the executor's to say.
    /// </param>
    /// <returns>What the work returns or throws; what awaits it never runs on a worker.</returns>
    /// <exception cref="ObjectDisposedException">The executor has been shut down.</exception>
    Task<T> SubmitAsync<T>(Func<T> work, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SubmitAsync{T}(Func{T}, CancellationToken)"/>
    /// <param name="work">Takes <paramref name="argument"/>, so that it need not capture anything.</param>
    /// <param name="argument">Handed to the work.</param>
    /// <param name="cancellationToken">Takes the work back as long as it has not started.</param>
    Task<T> SubmitAsync<TArg, T>(
        Func<TArg, T> work, TArg argument, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes no more work, and waits for what it has taken. At the limit, what has not started is cancelled.
    /// </summary>
    /// <param name="limit">
    /// At most about 49 days; zero does not wait, <see cref="Timeout.InfiniteTimeSpan"/> waits to the end.
    /// </param>
    /// <returns>Whether all work has ended.</returns>
    Task<bool> ShutdownAsync(TimeSpan limit);
}
