namespace Rondo.Runtime;

/// <summary>
/// A piece of asynchronous work that a loop runs beside others (asyncio: <c>Task</c>). It starts in the turn after its
/// creation, has a name, and can be cancelled; the loop holds it until it ends. What awaits it continues in the turn
/// after its end, never inline.
/// </summary>
/// <inheritdoc cref="LoopFuture" path="/remarks"/>
/// <threadsafety>Belongs to the loop's thread; may be awaited on any other thread and loop.</threadsafety>
public abstract class LoopTask : LoopFuture
{
    private static long s_count;

    private readonly long _number = Interlocked.Increment(ref s_count);
    private readonly string? _name;
    private bool _hasStarted;
    private Task? _run;

    private protected LoopTask(EventLoop loop, string? name, CancelScope? scope)
        : base(loop)
    {
        _name = name;
        Scope = new CancelScope(scope) { Owner = this };
    }

    /// <summary>
    /// The task whose body calls, or null outside of any (asyncio: <c>current_task</c>). It flows with the execution
    /// context, so it is also the task that has scheduled a callback or submitted work to an executor, until that task
    /// has ended.
    /// </summary>
    public static LoopTask? Current
    {
        get
        {
            var scope = CancelScope.Current;
            while (scope is { Owner: null })
            {
                scope = scope.Outer;
            }

            return scope?.Owner is { IsCompleted: false } task ? task : null;
        }
    }

    /// <summary>For people: logs, the task tree, errors. <c>Task-N</c> unless given.</summary>
    public override string Name => _name ?? $"Task-{_number}";

    /// <summary>
    /// How many cancellations are open: each <see cref="Cancel"/> adds one, each <see cref="Uncancel"/> takes one.
    /// </summary>
    public int Cancelling { get; private set; }

    internal CancelScope Scope { get; }

    /// <summary>How many stretches of shielded clean-up it is in.</summary>
    internal int Shields { get; set; }

    private protected override CancellationToken CancelledToken =>
        Scope.IsCancelled ? Scope.Token : new CancellationToken(canceled: true);

    private protected override string StateText =>
        IsCompleted ? base.StateText : _hasStarted ? "running" : "not started";

    internal bool HasStarted => _hasStarted;

    /// <summary>What runs the body; null before its first await.</summary>
    internal Task? Run => _run;

    /// <summary>
    /// Asks the task to end: its token is cancelled. Before its first step, the body never runs. A body may finish
    /// all the same; one that swallows the exception is not cancelled. (A body that lets the cancellation of something
    /// else escape ends cancelled, too.)
    /// </summary>
    /// <param name="reason">For people; kept in <see cref="LoopFuture.CancelReason"/>.</param>
    /// <returns>False when the task has ended already.</returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public override bool Cancel(string? reason = null)
    {
        Loop.CheckCaller();
        if (IsCompleted)
        {
            return false;
        }

        Cancelling++;
        CancelReason = reason;
        try
        {
            Scope.Cancel();
        }
        finally
        {
            // Also when something that is registered with the token throws.
            if (!_hasStarted)
            {
                EndCanceled();
            }
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
        Loop.CheckCaller();
        if (Cancelling > 0 && --Cancelling == 0)
        {
            Scope.Renew();
            Loop.Observer?.TaskRenewed(this);
        }

        return Cancelling;
    }

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
        _run = RunAsync();
    }

    /// <summary>
    /// The first step, inside whatever runs now: what awaits with <c>ConfigureAwait(false)</c> goes on without the
    /// loop's context, and the body needs it to come back. For within <see cref="ExecutionContext.Run"/>, which sets
    /// the caller's again.
    /// </summary>
    internal void StartHere()
    {
        SynchronizationContext.SetSynchronizationContext(Loop.SynchronizationContext);
        Start();
    }

    /// <summary>Runs the body and keeps its result.</summary>
    private protected abstract Task RunBodyAsync();

    private protected override void End()
    {
        Scope.Detach();
        base.End();
    }

    // The first in a chain of nothing but cancellations, such as the end of a task that this one awaited; else null. One
    // that carries another error, as that of a client whose time limit has passed, is a failure: as a cancellation it
    // would be lost if nobody looked.
    private static OperationCanceledException? OriginOf(OperationCanceledException cancelled)
    {
        var origin = cancelled;
        while (origin.InnerException is OperationCanceledException inner)
        {
            origin = inner;
        }

        return origin.InnerException is null ? origin : null;
    }

    private async Task RunAsync()
    {
        using var activity = TaskActivity.Start(Loop, this);
        try
        {
            await RunBodyAsync();
        }
        catch (OperationCanceledException cancelled)
            when (Scope.IsCancelled || OriginOf(cancelled) is not null)
        {
            EndCanceled(OriginOf(cancelled));
            TaskActivity.End(activity, "cancelled");
            return;
        }
        catch (Exception error)
        {
            EndFaulted(error);
            TaskActivity.End(activity, "failed", error);
            return;
        }

        End();
        TaskActivity.End(activity, "completed");
    }
}
