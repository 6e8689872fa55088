namespace Rondo.Runtime.Tasks;

/// <summary>
/// Tasks that live and end together (asyncio: <c>TaskGroup</c>): the first failure cancels the rest, the group ends
/// when all have ended, and no error is lost.
/// </summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
public sealed class TaskGroup : IPromiseOwner
{
    private readonly EventLoop _loop;
    private readonly CancelScope _scope;
    private readonly List<Exception> _errors = [];
    private readonly TaskCompletionSource _allEnded;
    private readonly CancellationTokenSource _closing;
    private TimerHandle? _endOfGrace;

    // The body counts as one, so that the group cannot end before it.
    private int _running = 1;
    private bool _hasEnded;

    private TaskGroup(EventLoop loop, CancelScope scope)
    {
        _loop = loop;
        _scope = scope;
        _allEnded = new TaskCompletionSource(this);
        _closing = CancellationTokenSource.CreateLinkedTokenSource(scope.Token);
        Closing = _closing.Token;
    }

    /// <summary>Cancelled when the group is.</summary>
    public CancellationToken Token => _scope.Token;

    /// <summary>
    /// Cancelled when a grace period begins, at the latest when the group is: who takes on new work stops, who has work
    /// in hand may finish it.
    /// </summary>
    public CancellationToken Closing { get; }

    /// <summary>
    /// Runs <paramref name="body"/>, which starts tasks in the group, and waits for all of them.
    /// </summary>
    /// <param name="body">Takes the group.</param>
    /// <param name="deadline">
    /// From now; cancels the group when it passes. None when null or <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </param>
    /// <param name="grace">How long after its deadline the group may go on, see <see cref="Cancel(TimeSpan)"/>.</param>
    /// <returns>
    /// Whether the group was cancelled, by its deadline or by <see cref="Cancel()"/>; not if all ended within the
    /// grace.
    /// </returns>
    /// <exception cref="AggregateException">
    /// The errors of the body and of every task, in the order in which they failed.
    /// </exception>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static async Task<bool> RunAsync(
        Func<TaskGroup, Task> body, TimeSpan? deadline = null, TimeSpan grace = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        TaskGroup? group = null;
        TimerHandle? timer = null;
        bool wasCancelled;
        try
        {
            wasCancelled = await CancelScope.RunAsync(scope =>
            {
                group = new TaskGroup(CancelScope.Loop(), scope);
                timer = deadline is { } limit ? group._loop.CallLater(limit, () => group.Cancel(grace)) : null;
                return group.RunBodyAsync(body);
            });
        }
        finally
        {
            timer?.Cancel();
            group?._endOfGrace?.Cancel();
            group?._closing.Dispose();
        }

        return group!._errors.Count > 0 ? throw new AggregateException(group._errors) : wasCancelled;
    }

    /// <summary>Cancels every task of the group and its body, also during a grace period.</summary>
    public void Cancel() => _scope.Cancel();

    /// <summary>
    /// Asks the group to end, by <see cref="Closing"/>, and cancels what has not ended after <paramref name="grace"/>.
    /// Of several grace periods the one that ends first counts. An error of a task, or a cancellation from around,
    /// knows no grace.
    /// </summary>
    /// <param name="grace">
    /// From now; zero or less cancels at once, <see cref="Timeout.InfiniteTimeSpan"/> waits until all have ended.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The end of the grace lies beyond what a <see cref="TimeSpan"/> holds.
    /// </exception>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public void Cancel(TimeSpan grace)
    {
        _loop.CheckCaller();
        if (grace <= TimeSpan.Zero && grace != Timeout.InfiniteTimeSpan)
        {
            Cancel();
        }
        else if (!_hasEnded)
        {
            var end = _loop.CallLater(grace, static scope => ((CancelScope)scope!).Cancel(), _scope);
            if (_endOfGrace is { IsScheduled: true } earlier && earlier.When <= end.When)
            {
                end.Cancel();
            }
            else
            {
                _endOfGrace?.Cancel();
                _endOfGrace = end;
            }

            _closing.Cancel();
        }
    }

    /// <summary>Starts a task in the group.</summary>
    /// <inheritdoc cref="EventLoop.CreateTask{T}(Func{Task{T}}, string?, bool)" path="/param"/>
    /// <exception cref="InvalidOperationException">
    /// The group has ended, or the caller is not on the loop's thread.
    /// </exception>
    public LoopTask<T> Start<T>(Func<Task<T>> body, string? name = null, bool eager = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        ThrowIfEnded();
        return Adopt(_loop.CreateTask(body, name, _scope, eager));
    }

    /// <inheritdoc cref="Start{T}(Func{Task{T}}, string?, bool)"/>
    public LoopTask Start(Func<Task> body, string? name = null, bool eager = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        ThrowIfEnded();
        return Adopt(_loop.CreateTask(body, name, _scope, eager));
    }

    string IPromiseOwner.Title => "";

    EventLoop? IPromiseOwner.OnlyBy => _loop;

    bool IPromiseOwner.NeedsAll => true;

    IEnumerable<LoopFuture> IPromiseOwner.Awaited =>
        _loop.PeekTasks().Where(t => ReferenceEquals(t.Scope.Outer, _scope));

    private TTask Adopt<TTask>(TTask task)
        where TTask : LoopTask
    {
        _running++;
        task.AddDoneCallback(Take);
        return task;
    }

    private async Task RunBodyAsync(Func<TaskGroup, Task> body)
    {
        try
        {
            await body(this);
        }
        catch (OperationCanceledException) when (_scope.IsCancelled)
        {
            // Cancelled with its children, whose errors are the reason.
        }
        catch (Exception error)
        {
            Fail(error);
        }

        Leave();
        await _allEnded.Task;
        _hasEnded = true;
        if (_errors.Count == 0)
        {
            _scope.Token.ThrowIfCancellationRequested();
        }
    }

    private void Take(LoopFuture ended)
    {
        if (ended.Exception is { } error)
        {
            Fail(error);
        }

        Leave();
    }

    private void Leave()
    {
        if (--_running == 0)
        {
            _allEnded.SetResult();
        }
    }

    private void Fail(Exception error)
    {
        _errors.Add(error);
        try
        {
            _scope.Cancel();
        }
        catch (AggregateException failed)
        {
            // What is registered with the token is user code, too; the group has still to count who has ended.
            _errors.AddRange(failed.Flatten().InnerExceptions);
        }
    }

    private void ThrowIfEnded()
    {
        if (_hasEnded)
        {
            throw new InvalidOperationException("The task group has ended.");
        }
    }
}
