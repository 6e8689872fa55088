namespace Rondo.Runtime.Tasks;

/// <summary>
/// Tasks that live and end together (asyncio: <c>TaskGroup</c>): the first failure cancels the rest, the group ends
/// when all have ended, and no error is lost.
/// </summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
public sealed class TaskGroup
{
    private readonly EventLoop _loop;
    private readonly CancelScope _scope;
    private readonly List<Exception> _errors = [];
    private readonly TaskCompletionSource _allEnded = new();

    // The body counts as one, so that the group cannot end before it.
    private int _running = 1;
    private bool _hasEnded;

    private TaskGroup(EventLoop loop, CancelScope scope)
    {
        _loop = loop;
        _scope = scope;
    }

    /// <summary>Cancelled when the group is.</summary>
    public CancellationToken Token => _scope.Token;

    /// <summary>
    /// Runs <paramref name="body"/>, which starts tasks in the group, and waits for all of them.
    /// </summary>
    /// <param name="body">Takes the group.</param>
    /// <param name="deadline">Cancels the group when it passes; none when null.</param>
    /// <returns>Whether the group was cancelled, by its deadline or by <see cref="Cancel"/>.</returns>
    /// <exception cref="AggregateException">
    /// The errors of the body and of every task, in the order in which they failed.
    /// </exception>
    /// <exception cref="InvalidOperationException">No loop runs on this thread.</exception>
    public static async Task<bool> RunAsync(Func<TaskGroup, Task> body, TimeSpan? deadline = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        TaskGroup? group = null;
        var wasCancelled = await CancelScope.RunAsync(
            scope =>
            {
                group = new TaskGroup(CancelScope.Loop(), scope);
                return group.RunBodyAsync(body);
            },
            deadline);
        return group!._errors.Count > 0 ? throw new AggregateException(group._errors) : wasCancelled;
    }

    /// <summary>Cancels every task of the group and its body.</summary>
    public void Cancel() => _scope.Cancel();

    /// <summary>Starts a task in the group.</summary>
    /// <exception cref="InvalidOperationException">
    /// The group has ended, or the caller is not on the loop's thread.
    /// </exception>
    public LoopTask<T> Start<T>(Func<Task<T>> body, string? name = null)
    {
        ThrowIfEnded();
        return Adopt(_loop.CreateTask(body, name, _scope));
    }

    /// <inheritdoc cref="Start{T}(Func{Task{T}}, string?)"/>
    public LoopTask Start(Func<Task> body, string? name = null)
    {
        ThrowIfEnded();
        return Adopt(_loop.CreateTask(body, name, _scope));
    }

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
        _scope.Cancel();
    }

    private void ThrowIfEnded()
    {
        if (_hasEnded)
        {
            throw new InvalidOperationException("The task group has ended.");
        }
    }
}
