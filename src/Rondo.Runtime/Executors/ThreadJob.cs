namespace Rondo.Runtime.Executors;

/// <summary>
/// Work in a <see cref="ThreadExecutor"/>: queued, then either started by a worker or taken back, whichever is first.
/// </summary>
internal abstract class ThreadJob
{
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private CancellationTokenRegistration _registration;
    private int _isTaken;

    protected ThreadJob() => Node = new LinkedListNode<ThreadJob>(this);

    /// <summary>Its place in the queue; the executor's lock guards it.</summary>
    public LinkedListNode<ThreadJob> Node { get; }

    /// <summary>When it was queued, by the executor's clock.</summary>
    public long QueuedAt { get; set; }

    public bool IsTaken => Volatile.Read(ref _isTaken) != 0;

    /// <summary>From now on the token takes the job back, and then leaves the queue through the executor.</summary>
    public void CancelWith(Action<ThreadJob> leave, CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            _registration = token.UnsafeRegister(
                (_, cancelled) =>
                {
                    if (Cancel(cancelled))
                    {
                        leave(this);
                    }
                },
                null);
        }
    }

    /// <summary>Ends the job as cancelled, unless it has started.</summary>
    public bool Cancel(CancellationToken token)
    {
        if (!Take())
        {
            return false;
        }

        _registration.Unregister();
        SetCanceled(token);
        return true;
    }

    /// <summary>Runs the work under its submitter's context.</summary>
    /// <returns>False if it was taken back before.</returns>
    public bool TryRun()
    {
        if (!Take())
        {
            return false;
        }

        _registration.Unregister();
        if (_context is null)
        {
            Call();
        }
        else
        {
            ExecutionContext.Run(_context, static job => ((ThreadJob)job!).Call(), this);
        }

        return true;
    }

    /// <summary>Shows the outcome, once it has run.</summary>
    public abstract void Publish();

    /// <summary>It never came to the queue: the token need not know it.</summary>
    public void Refuse() => _registration.Unregister();

    protected abstract void Call();

    protected abstract void SetCanceled(CancellationToken token);

    private bool Take() => Interlocked.Exchange(ref _isTaken, 1) == 0;
}

/// <inheritdoc cref="ThreadJob"/>
internal sealed class ThreadJob<TArg, T>(Func<TArg, T> work, TArg argument) : ThreadJob
{
    // Asynchronously: what awaits the outcome must not hold up the worker.
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _error;

    public Task<T> Outcome => _outcome.Task;

    public override void Publish()
    {
        if (_error is OperationCanceledException cancelled)
        {
            _outcome.SetCanceled(cancelled.CancellationToken);
        }
        else if (_error is not null)
        {
            _outcome.SetException(_error);
        }
        else
        {
            _outcome.SetResult(_result!);
        }
    }

    protected override void Call()
    {
        try
        {
            _result = work(argument);
        }
        catch (Exception error)
        {
            _error = error;
        }
    }

    protected override void SetCanceled(CancellationToken token) => _outcome.SetCanceled(token);
}
