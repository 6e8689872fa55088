using System.Linq.Expressions;

namespace Rondo.Runtime.Executors;

/// <summary>The way from a loop to a process and back.</summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
public static class ProcessExecutorExtensions
{
    /// <summary>
    /// Calls a static method in a worker process: <c>loop.RunInExecutor(processes, () => Jobs.Render(page))</c>. The
    /// arguments are evaluated on the loop; the outcome comes back on it. Virtual time stands still until then.
    /// </summary>
    /// <param name="loop">The loop that waits for it.</param>
    /// <param name="executor">Where it runs.</param>
    /// <param name="call">One call of a static method; its arguments may be any expressions.</param>
    /// <returns>
    /// The outcome. Cancelling it, also through the scope of who awaits it, takes the call back; if it runs, its worker
    /// is killed and replaced.
    /// </returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    /// <exception cref="NotShippableException">It is not one call of a static method.</exception>
    /// <exception cref="ObjectDisposedException">The loop is closed, or the executor shut down.</exception>
    public static LoopFuture<T> RunInExecutor<T>(
        this EventLoop loop, ProcessExecutor executor, Expression<Func<T>> call)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(call);

        // Anything but a call will be refused.
        object name = call.Body is MethodCallExpression { Method: var method } ? method : nameof(call);
        return ExecutorCall.Start(loop, name, token => executor.CallAsync(call, token));
    }
}
