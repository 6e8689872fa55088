using System.Runtime.CompilerServices;

namespace Rondo.Runtime;

/// <summary>
/// A piece of asynchronous work that a loop runs beside others (asyncio: <c>Task</c>). It starts in the turn after its
/// creation, has a name, and can be cancelled; the loop holds it until it ends. What awaits it continues in the turn
/// after its end, never inline.
/// </summary>
/// <threadsafety>Belongs to the loop's thread; <see cref="AsTask"/> may be awaited anywhere.</threadsafety>
public abstract class LoopTask
{
    private static long s_count;

    private readonly EventLoop _loop;
    private List<Action<LoopTask>>? _doneCallbacks;
    private bool _hasStarted;

    private protected LoopTask(EventLoop loop, string? name, CancelScope? scope)
    {
        _loop = loop;
        Name = name ?? $"Task-{Interlocked.Increment(ref s_count)}";
        Scope = new CancelScope(scope);
    }

    /// <summary>For people: logs, the task tree, errors. <c>Task-N</c> unless given.</summary>
    public string Name { get; }

    /// <summary>Whether it has ended, in whatever way.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>Whether it was cancelled, and did not end otherwise all the same.</summary>
    public bool IsCanceled { get; private set; }

    /// <summary>
    /// How many cancellations are open: each <see cref="Cancel"/> adds one, each <see cref="Uncancel"/> takes one.
    /// </summary>
    public int Cancelling { get; private set; }

    /// <summary>Why it was last cancelled, if a reason was given.</summary>
    public string? CancelReason { get; private set; }

    internal CancelScope Scope { get; }

    /// <summary>Whether somebody has taken the outcome, or is going to: then a failure is theirs to report.</summary>
    internal bool IsObserved { get; private set; }

    internal abstract Task Untyped { get; }

    /// <summary>
    /// Asks the task to end: its token is cancelled. Before its first step, the body never runs. A body may finish
    /// all the same; one that swallows the exception is not cancelled.
    /// </summary>
    /// <param name="reason">For people; kept in <see cref="CancelReason"/>.</param>
    /// <returns>False when the task has ended already.</returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public bool Cancel(string? reason = null)
    {
        _loop.CheckCaller();
        if (IsCompleted)
        {
            return false;
        }

        Cancelling++;
        CancelReason = reason;
        Scope.Cancel();
        if (!_hasStarted)
        {
            EndCanceled();
        }

        return true;
    }

    /// <summary>
    /// Takes one cancellation back (asyncio: for structured blocks that have dealt with it). At zero the task goes on
    /// with a new token; old ones stay cancelled.
    /// </summary>
    /// <returns>How many are left.</returns>
    public int Uncancel()
    {
        _loop.CheckCaller();
        if (Cancelling > 0 && --Cancelling == 0)
        {
            Scope.Renew();
        }

        return Cancelling;
    }

    /// <summary>
    /// Calls back in the turn after the task's end, never inline; at once scheduled if it has ended already.
    /// </summary>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public void AddDoneCallback(Action<LoopTask> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _loop.CheckCaller();
        if (IsCompleted)
        {
            _loop.CallSoon(() => callback(this));
        }
        else
        {
            (_doneCallbacks ??= []).Add(callback);
        }
    }

    /// <summary>The same outcome as a plain task. Whoever asks for it is the one to look at a failure.</summary>
    public Task AsTask()
    {
        IsObserved = true;
        return Untyped;
    }

    /// <summary>For <c>await</c>.</summary>
    public TaskAwaiter GetAwaiter() => AsTask().GetAwaiter();

    /// <inheritdoc />
    public override string ToString() =>
        $"{Name} ({(IsCanceled ? "cancelled" : IsCompleted ? "ended" : _hasStarted ? "running" : "not started")})";

    /// <summary>The first step, as a callback of the loop.</summary>
    internal void Start()
    {
        if (IsCompleted)
        {
            return;
        }

        if (Scope.IsCancelled)
        {
            EndCanceled();
            return;
        }

        _hasStarted = true;
        CancelScope.Current = Scope;
        _ = RunAsync();
    }

    /// <summary>Runs the body; returns what publishes its result.</summary>
    private protected abstract Task<Action> RunBodyAsync();

    private protected abstract void SetCanceled();

    private protected abstract void SetException(Exception error);

    private async Task RunAsync()
    {
        try
        {
            End(await RunBodyAsync());
        }
        catch (OperationCanceledException) when (Scope.IsCancelled)
        {
            EndCanceled();
        }
        catch (Exception error)
        {
            End(() => SetException(error));
        }
    }

    private void EndCanceled()
    {
        IsCanceled = true;
        End(SetCanceled);
    }

    // The outcome is published by a callback of its own. So what awaits the task runs in the next turn and yet on the
    // loop: a completion source that continues asynchronously would send everything but a plain await over the thread
    // pool.
    private void End(Action publish)
    {
        IsCompleted = true;
        Scope.Detach();
        _loop.CallSoon(() =>
        {
            publish();
            _loop.Forget(this);
        });
        foreach (var callback in _doneCallbacks ?? [])
        {
            _loop.CallSoon(() => callback(this));
        }

        _doneCallbacks = null;
    }
}

/// <inheritdoc cref="LoopTask"/>
/// <typeparam name="T">What the work returns.</typeparam>
/// <threadsafety>Belongs to the loop's thread; <see cref="AsTask"/> may be awaited anywhere.</threadsafety>
public sealed class LoopTask<T> : LoopTask
{
    private readonly Func<Task<T>> _body;
    private readonly TaskCompletionSource<T> _outcome = new();

    internal LoopTask(EventLoop loop, Func<Task<T>> body, string? name, CancelScope? scope)
        : base(loop, name, scope) => _body = body;

    internal override Task Untyped => _outcome.Task;

    /// <inheritdoc cref="LoopTask.AsTask"/>
    public new Task<T> AsTask()
    {
        base.AsTask();
        return _outcome.Task;
    }

    /// <summary>For <c>await</c>.</summary>
    public new TaskAwaiter<T> GetAwaiter() => AsTask().GetAwaiter();

    private protected override async Task<Action> RunBodyAsync()
    {
        var result = await _body();
        return () => _outcome.SetResult(result);
    }

    private protected override void SetCanceled() => _outcome.SetCanceled(Scope.Token);

    private protected override void SetException(Exception error) => _outcome.SetException(error);
}
