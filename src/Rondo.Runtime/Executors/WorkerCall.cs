namespace Rondo.Runtime.Executors;

/// <summary>
/// A call on its way: in the queue, then with a worker, then ended. The first outcome wins; the frame is kept until
/// then, for the case that the worker dies before it comes to this call.
/// </summary>
internal abstract class WorkerCall
{
    private CancellationTokenRegistration _registration;
    private int _hasEnded;

    protected WorkerCall(ShippedMethod method)
    {
        Method = method;
        Node = new LinkedListNode<WorkerCall>(this);
        Frame.WriteByte((byte)WorkerMessage.Call);
        Frame.WriteInt32(method.Id);
    }

    public ShippedMethod Method { get; }

    public FrameWriter Frame { get; } = new();

    /// <summary>Its place in the queue; the pool's lock guards it.</summary>
    public LinkedListNode<WorkerCall> Node { get; }

    /// <summary>Who has it; null while it is queued. The pool's lock guards it.</summary>
    public WorkerProcess? Worker { get; set; }

    /// <summary>Whether its worker may have begun with it. The pool's lock guards it.</summary>
    public bool IsSent { get; set; }

    /// <summary>When it was queued, by the executor's clock.</summary>
    public long QueuedAt { get; set; }

    /// <summary>Whether somebody has the outcome already; what the worker says then is dropped.</summary>
    public bool HasEnded => Volatile.Read(ref _hasEnded) != 0;

    public void CancelWith(Action<WorkerCall> leave, CancellationToken token)
    {
        if (token.CanBeCanceled)
        {
            _registration = token.UnsafeRegister(
                (_, cancelled) =>
                {
                    if (TryCancel(cancelled))
                    {
                        leave(this);
                    }
                },
                null);
        }
    }

    public bool TryFail(Exception error)
    {
        if (!TryEnd())
        {
            return false;
        }

        _registration.Unregister();
        SetException(error);
        return true;
    }

    public bool TryCancel(CancellationToken token)
    {
        if (!TryEnd())
        {
            return false;
        }

        _registration.Unregister();
        SetCanceled(token);
        return true;
    }

    /// <summary>Reads what the worker has answered, for <see cref="Publish"/>.</summary>
    public abstract void Read(ReadOnlySpan<byte> answer);

    /// <summary>Shows what was read, unless the call has ended before.</summary>
    public void Publish()
    {
        if (TryEnd())
        {
            _registration.Unregister();
            SetOutcome();
        }
    }

    /// <summary>It is with nobody any more: its frame will not be needed.</summary>
    public void Release() => Frame.Dispose();

    /// <summary>It never came to the queue: the token need not know it.</summary>
    public void Refuse()
    {
        _registration.Unregister();
        Release();
    }

    protected abstract void SetOutcome();

    protected abstract void SetException(Exception error);

    protected abstract void SetCanceled(CancellationToken token);

    private bool TryEnd() => Interlocked.Exchange(ref _hasEnded, 1) == 0;
}

/// <inheritdoc cref="WorkerCall"/>
internal sealed class WorkerCall<T>(ShippedMethod method) : WorkerCall(method)
{
    // Asynchronously: what awaits the outcome must not hold up the one who reads answers.
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _error;
    private bool _isCancelled;

    public Task<T> Outcome => _outcome.Task;

    public override void Read(ReadOnlySpan<byte> answer)
    {
        var reader = new FrameReader(answer);
        switch ((WorkerMessage)reader.ReadByte())
        {
            case WorkerMessage.Result:
                ReadResult(ref reader);
                break;
            case WorkerMessage.Cancelled:
                _isCancelled = true;
                break;
            case WorkerMessage.NotShippable:
                _error = new NotShippableException(reader.ReadString()!);
                break;
            default:
                _error = RemoteException.Read(ref reader);
                break;
        }
    }

    protected override void SetOutcome()
    {
        if (_isCancelled)
        {
            _outcome.SetCanceled(CancellationToken.None);
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

    protected override void SetException(Exception error) => _outcome.SetException(error);

    protected override void SetCanceled(CancellationToken token) => _outcome.SetCanceled(token);

    private void ReadResult(ref FrameReader reader)
    {
        try
        {
            _result = ValueCodec<T>.Instance.Read(ref reader);
        }
        catch (Exception error)
        {
            _error = NotShippableException.Result(Method.Method, typeof(T), error);
        }
    }
}
