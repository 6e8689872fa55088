namespace Rondo.Runtime;

/// <content>Tasks, and what waits for time.</content>
public sealed partial class EventLoop
{
    private readonly HashSet<LoopTask> _tasks = [];
    private readonly List<LoopFuture> _failed = [];

    /// <summary>The tasks that have not ended, in no order.</summary>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public IReadOnlyCollection<LoopTask> Tasks
    {
        get
        {
            CheckCaller();
            return [.. _tasks];
        }
    }

    /// <summary>
    /// Starts work beside what runs now; its first step is in the next turn. A failure that nobody looks at is
    /// reported to the error handler when the loop next has nothing to do.
    /// </summary>
    /// <param name="body">A delegate, since a C# async method runs as soon as it is called.</param>
    /// <param name="name">For people; <c>Task-N</c> by default.</param>
    /// <param name="eager">
    /// Runs the first step at once, inside this call, if the loop runs; a body that does not wait has then ended
    /// (asyncio: <c>eager_start</c>). Quicker for work that seldom waits; but the order of steps is another.
    /// </param>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The loop is closed.</exception>
    public LoopTask<T> CreateTask<T>(Func<Task<T>> body, string? name = null, bool eager = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        return CreateTask(body, name, scope: null, eager);
    }

    /// <inheritdoc cref="CreateTask{T}(Func{Task{T}}, string?, bool)"/>
    public LoopTask CreateTask(Func<Task> body, string? name = null, bool eager = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        return CreateTask(body, name, scope: null, eager);
    }

    /// <summary>Makes an outcome that is set later (asyncio: <c>create_future</c>).</summary>
    /// <param name="name">For people; <c>Future-N</c> by default.</param>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The loop is closed.</exception>
    public LoopFuture<T> CreateFuture<T>(string? name = null)
    {
        CheckCaller();
        return new LoopFuture<T>(this, name);
    }

    /// <summary>
    /// Waits for <paramref name="delay"/> on this loop, or until the scope around the caller is cancelled (asyncio:
    /// <c>sleep</c>). Zero or less gives the others one turn; <see cref="Timeout.InfiniteTimeSpan"/> waits until the
    /// scope is cancelled.
    /// </summary>
    /// <exception cref="OperationCanceledException">The scope around the caller is cancelled.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The deadline lies beyond what a <see cref="TimeSpan"/> holds.
    /// </exception>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public Task Delay(TimeSpan delay) => new DelayPromise(this, delay, CancelScope.Current?.Token ?? default).Task;

    /// <summary>As the public ones, inside a scope: what cancels the scope cancels the task.</summary>
    internal LoopTask<T> CreateTask<T>(Func<Task<T>> body, string? name, CancelScope? scope, bool eager)
    {
        CheckCaller();
        var task = new LoopTask<T>(this, body, name, scope);

        // Known before its first step, in which an eager one may end.
        _tasks.Add(task);
        _observer?.TaskCreated(task);
        if (eager && ReferenceEquals(t_running, this) && ExecutionContext.Capture() is { } context)
        {
            ExecutionContext.Run(context, static t => ((LoopTask)t!).StartHere(), task);
        }
        else
        {
            CallSoon(static t => ((LoopTask)t!).Start(), task);
        }

        return task;
    }

    /// <summary>As the public one, with the name of what brings the outcome.</summary>
    /// <param name="work">A delegate or a method.</param>
    internal LoopFuture<T> CreateFutureOf<T>(object work)
    {
        CheckCaller();
        return new LoopFuture<T>(this, work);
    }

    internal LoopTask CreateTask(Func<Task> body, string? name, CancelScope? scope, bool eager) => CreateTask(
        async () =>
        {
            await body();
            return true;
        },
        name,
        scope,
        eager);

    /// <summary>
    /// Cancels, and reports what the callbacks throw that are registered with a task's token: for who has more to do.
    /// </summary>
    internal void CancelAndReport(LoopFuture future, string reason)
    {
        try
        {
            future.Cancel(reason);
        }
        catch (AggregateException error)
        {
            Report($"for the cancellation of {future.Name}", error);
        }
    }

    /// <summary>The outcome has been published; if it is a failure, somebody should look at it soon.</summary>
    internal void Forget(LoopFuture future)
    {
        if (future is LoopTask task)
        {
            _tasks.Remove(task);
            _observer?.TaskEnded(task);
        }

        if (future.IsFaulted && !future.IsObserved)
        {
            _failed.Add(future);
        }
    }

    /// <summary>Called when nothing is ready: whoever wanted to look at these has had the time to.</summary>
    private void ReportFailed()
    {
        foreach (var future in _failed.Where(f => !f.IsObserved))
        {
            var kind = future is LoopTask ? "task" : "future";
            var error = future.Exception!;
            var created = future.CreationSite is { Top: var place } ? $" created at {place}" : "";
            Report($"of {kind} {future.Name}{created}, whose failure nobody has looked at,", error);
            _observer?.FailureLost($"{kind} {future.Name}", error, future.CreationSite);
        }

        _failed.Clear();
    }
}
