using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Executors;

/// <summary>The way from a loop to an executor and back (asyncio: <c>run_in_executor</c>).</summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
public static class ExecutorExtensions
{
    // For the two that are refused: a parameter that is never given makes their signature another than that of what
    // would fit as well.
    private const string Asynchronous = "An executor does not await. Start asynchronous work with CreateTask.";

    /// <summary>
    /// Runs <paramref name="work"/> on the loop's default pool, <see cref="EventLoop.DefaultExecutor"/>, which is made
    /// on first use; the outcome comes back on the loop. Virtual time stands still until the work has ended.
    /// </summary>
    /// <param name="loop">The loop that waits for it.</param>
    /// <param name="work">Runs on a worker, not on the loop; what it captures must bear that.</param>
    /// <returns>
    /// The outcome. Cancelling it, also through the scope of who awaits it, takes the work back if it has not started;
    /// what runs already runs on, and its outcome is dropped.
    /// </returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The loop is closed, or the executor shut down.</exception>
    public static LoopFuture<T> RunInExecutor<T>(this EventLoop loop, Func<T> work) =>
        loop.RunInExecutor(DefaultOf(loop), work);

    /// <inheritdoc cref="RunInExecutor{T}(EventLoop, Func{T})"/>
    public static LoopFuture RunInExecutor(this EventLoop loop, Action work) =>
        loop.RunInExecutor(DefaultOf(loop), work);

    /// <summary>
    /// Runs <paramref name="work"/> on an executor; the outcome comes back on the loop. Virtual time stands still until
    /// the work has ended.
    /// </summary>
    /// <inheritdoc cref="RunInExecutor{T}(EventLoop, Func{T})"/>
    /// <param name="loop">The loop that waits for it.</param>
    /// <param name="executor">Where it runs.</param>
    /// <param name="work">Runs on a worker, not on the loop; what it captures must bear that.</param>
    public static LoopFuture<T> RunInExecutor<T>(this EventLoop loop, IExecutor executor, Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(work);
        return ExecutorCall.Start(loop, work, token => executor.SubmitAsync(work, token));
    }

    /// <inheritdoc cref="RunInExecutor{T}(EventLoop, IExecutor, Func{T})"/>
    public static LoopFuture RunInExecutor(this EventLoop loop, IExecutor executor, Action work)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(work);
        return ExecutorCall.Start(loop, work, token => executor.SubmitAsync(Run, work, token));
    }

    /// <inheritdoc cref="RunInExecutor{T}(EventLoop, IExecutor, Func{T})"/>
    /// <param name="loop">The loop that waits for it.</param>
    /// <param name="executor">Where it runs.</param>
    /// <param name="work">Takes <paramref name="argument"/>, so that it need not capture anything.</param>
    /// <param name="argument">Handed to the work.</param>
    public static LoopFuture<T> RunInExecutor<TArg, T>(
        this EventLoop loop, IExecutor executor, Func<TArg, T> work, TArg argument)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(work);
        return ExecutorCall.Start(loop, work, token => executor.SubmitAsync(work, argument, token));
    }

    /// <summary>Refused: an executor does not await.</summary>
    [Obsolete(Asynchronous, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public static LoopFuture RunInExecutor<TTask>(
        this EventLoop loop, Func<TTask> work, params ReadOnlySpan<int> none)
        where TTask : Task => throw new NotSupportedException();

    /// <summary>Refused: an executor does not await.</summary>
    [Obsolete(Asynchronous, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    [OverloadResolutionPriority(1)]
    public static LoopFuture RunInExecutor<TTask>(
        this EventLoop loop, IExecutor executor, Func<TTask> work, params ReadOnlySpan<int> none)
        where TTask : Task => throw new NotSupportedException();

    private static bool Run(Action work)
    {
        work();
        return true;
    }

    private static IExecutor DefaultOf(EventLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        return loop.DefaultExecutor ??= new ThreadExecutor(new ThreadExecutorOptions { Name = "loop" });
    }
}
