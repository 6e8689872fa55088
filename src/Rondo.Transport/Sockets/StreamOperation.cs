using System.Threading.Tasks.Sources;
using Rondo.Runtime;

namespace Rondo.Transport.Sockets;

/// <summary>
/// One direction of a <see cref="LoopStream"/>: at most one operation at a time, which tries at once and else waits for
/// the loop. It serves all operations of its direction, so that none of them allocates.
/// </summary>
/// <remarks>
/// Whoever starts it owns it until it waits; then the loop does, until it is done. Started on the loop's thread, it
/// goes on there, in the callback that completes it; started elsewhere, in the context of who awaits or in the thread
/// pool, so that no stranger's code holds the loop up.
/// </remarks>
internal abstract class StreamOperation(LoopStream stream) : IValueTaskSource<int>, IValueTaskSource, ILoopWork
{
    // One that is always served at once would keep everybody else waiting.
    private const int MostAtOnce = 16;

    private const int Idle = 0;
    private const int Busy = 1;
    private const int Waiting = 2;

    private static readonly Action<object?> s_publish = static self => ((StreamOperation)self!).Publish();

    private ManualResetValueTaskSourceCore<int> _core;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private Exception? _failure;
    private Exception? _broken;
    private int _result;
    private int _state;
    private int _atOnce;
    private bool _isOnLoop;

    /// <summary>What one attempt has come to.</summary>
    protected enum Step
    {
        /// <summary>It is done; the result is set.</summary>
        Done,

        /// <summary>The kernel says not now.</summary>
        WouldBlock,

        /// <summary>It could go on, but others have waited long enough.</summary>
        Yields,
    }

    protected LoopStream Stream => stream;

    protected LoopSocket Socket => stream.Socket;

    /// <summary>Whether an attempt may be made on a thread that does not run the loop.</summary>
    protected abstract bool CanTryAnywhere { get; }

    /// <summary>How an error message calls it.</summary>
    protected abstract string Name { get; }

    /// <summary>The one who calls it is the one user of this direction from here on.</summary>
    /// <exception cref="InvalidOperationException">Somebody else is.</exception>
    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _state, Busy, Idle) != Idle)
        {
            throw new InvalidOperationException(
                $"Another {Name} is under way. A stream serves one read and one write at a time; await each.");
        }
    }

    /// <summary>Nobody is any more.</summary>
    public void Leave() => Volatile.Write(ref _state, Idle);

    /// <summary>Fails what waits, since the loop ends. Loop thread.</summary>
    public void End()
    {
        if (Interlocked.CompareExchange(ref _state, Busy, Waiting) == Waiting)
        {
            _failure = stream.Over;

            // The poller calls this, where no application code may run.
            ThreadPool.UnsafeQueueUserWorkItem(s_publish, this, preferLocal: false);
        }
    }

    /// <summary>One attempt for what waits.</summary>
    public void Run()
    {
        if (Volatile.Read(ref _state) != Waiting)
        {
            return;
        }

        _failure = stream.Over
            ?? (_cancellation.IsCancellationRequested ? new OperationCanceledException(_cancellation) : null);
        if (_failure is null && Attempt() is not Step.Done and var step)
        {
            WaitFor(step);
            return;
        }

        if (Interlocked.CompareExchange(ref _state, Busy, Waiting) == Waiting)
        {
            Socket.Loop.CallApplication(s_publish, this);
        }
    }

    int IValueTaskSource<int>.GetResult(short token) => TakeResult(token);

    void IValueTaskSource.GetResult(short token) => TakeResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        // Who is on the loop comes back to it anyhow, and sooner without the loop's context.
        if (_isOnLoop && ReferenceEquals(SynchronizationContext.Current, Socket.Loop.SynchronizationContext))
        {
            flags &= ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext;
        }

        _core.OnCompleted(continuation, state, token, flags);
    }

    /// <summary>
    /// Begins the operation that the caller has entered and described.
    /// </summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="result">What has come of it, if it is done at once.</param>
    /// <returns>Whether it is; if not, this is the source of its outcome, under <see cref="Version"/>.</returns>
    protected bool Start(CancellationToken cancellation, out int result)
    {
        _isOnLoop = Socket.Loop.IsRunByCaller;
        _failure = stream.Over ?? _broken;
        var step = Step.Yields;
        if (_failure is not null || ((_isOnLoop || CanTryAnywhere) && _atOnce++ < MostAtOnce
            && (step = Attempt()) == Step.Done))
        {
            result = _result;
            var failure = _failure;
            Forget();
            Leave();
            return failure is null ? true : throw failure;
        }

        _atOnce = 0;
        result = 0;
        _core.Reset();
        _core.RunContinuationsAsynchronously = !_isOnLoop;
        _cancellation = cancellation;
        _registration = cancellation.CanBeCanceled
            ? cancellation.UnsafeRegister(static self => ((StreamOperation)self!).WakeOnLoop(), this)
            : default;

        // A full fence: who ends the stream sees that this waits, or this sees the end.
        Interlocked.Exchange(ref _state, Waiting);
        if (stream.Over is null)
        {
            WaitFor(step);
        }
        else if (Interlocked.CompareExchange(ref _state, Busy, Waiting) == Waiting)
        {
            _failure = stream.Over;
            Publish();
        }

        return false;
    }

    /// <summary>Names the operation that <see cref="Start"/> has left waiting.</summary>
    protected short Version => _core.Version;

    /// <summary>Tries once; failures of the system are given to <see cref="Break"/>.</summary>
    /// <param name="result">How many bytes, when done.</param>
    protected abstract Step Try(out int result);

    /// <summary>Has the loop run this when it is worth another try; false if it is at once.</summary>
    protected abstract bool Wait();

    /// <summary>Makes this run, as if something had happened. Loop thread.</summary>
    protected abstract void Wake();

    /// <summary>Lets go of the caller's buffer.</summary>
    protected abstract void Forget();

    /// <summary>This direction is broken, for good.</summary>
    /// <param name="error">The negated error number.</param>
    protected Step Break(int error)
    {
        var cause = SocketErrors.ToException(-error, $"Connection to {Stream.RemoteEndPoint}");
        _broken = new IOException($"The {Name} has failed. {cause.Message}", cause);
        return Step.Done;
    }

    private Step Attempt()
    {
        var step = Try(out _result);
        if (step == Step.Done)
        {
            // Closed under it by our own side: that is the reason then.
            _failure = _broken is null ? null : stream.Over ?? _broken;
        }

        return step;
    }

    private void WaitFor(Step step)
    {
        if (step == Step.Yields || !Wait())
        {
            Socket.Post(this);
        }
    }

    private void WakeOnLoop() => Socket.Post(new LoopCode(Wake));

    private void Publish()
    {
        // Not waiting for a cancellation that is being announced: it only wakes.
        _registration.Unregister();
        Forget();
        if (_failure is null)
        {
            _core.SetResult(_result);
        }
        else
        {
            _core.SetException(_failure);
        }
    }

    private int TakeResult(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
        {
            throw new InvalidOperationException($"The {Name} is not done yet: await it.");
        }

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Leave();
        }
    }
}
