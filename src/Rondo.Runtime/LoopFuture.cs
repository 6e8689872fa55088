using System.ComponentModel;
using System.Runtime.ExceptionServices;

namespace Rondo.Runtime;

/// <summary>
/// An outcome that is still to come (asyncio: <c>Future</c>): a result, an error or a cancellation, set once. What
/// awaits it continues in the turn after it was set, never inline. <see cref="LoopFuture{T}"/> is set by whoever made
/// it, a <see cref="LoopTask"/> by its body.
/// </summary>
/// <remarks>
/// An await observes the <see cref="CancelScope"/> around it, as asyncio's does: when the scope is cancelled, so is
/// what is awaited, and the await ends with that. <c>Gather.ShieldAsync</c> waits without taking it along; a plain
/// task, as of <see cref="AsTask"/>, knows no scope.
/// </remarks>
/// <threadsafety>Belongs to the loop's thread; may be awaited on any other thread and loop.</threadsafety>
public abstract class LoopFuture : IPromiseOwner
{
    private const string ScopeCancelled = "the scope that awaited it was cancelled";

    // As a callback of its own: a scope may be cancelled on any thread, and a long chain of awaits is no deep stack.
    private static readonly Action<object?> s_cancel = static state =>
        ((LoopFuture)state!).Loop.TryDispatch(static f => ((LoopFuture)f!).Cancel(ScopeCancelled), state);

    private static readonly Action<object?> s_cancelAwaited = static state =>
        ((BreakableAwait)state!).Awaited.Loop.TryDispatch(static a => CancelAwaited((BreakableAwait)a!), state);

    // A null among them is the place of the awaits.
    private List<DoneCallback?>? _doneCallbacks;
    private ExceptionDispatchInfo? _error;
    private OperationCanceledException? _cancellation;

    // Most futures are awaited once.
    private CancellationTokenRegistration _firstAwait;
    private List<CancellationTokenRegistration>? _otherAwaits;

    // Volatile: who sees it on another thread sees the outcome too.
    private volatile bool _isCompleted;
    private bool _isHandedOut;

    private protected LoopFuture(EventLoop loop) => Loop = loop;

    /// <summary>For people: logs, the task tree, errors.</summary>
    public abstract string Name { get; }

    /// <summary>Whether the outcome is there, of whatever kind.</summary>
    public bool IsCompleted => _isCompleted;

    /// <summary>Whether it was cancelled, and did not end otherwise all the same.</summary>
    public bool IsCanceled { get; private set; }

    /// <summary>Why it was last cancelled, if a reason was given.</summary>
    public string? CancelReason { get; private protected set; }

    /// <summary>
    /// The error with which it failed; null if it did not, or not yet. Whoever reads it is the one to look at it.
    /// </summary>
    public Exception? Exception
    {
        get
        {
            IsObserved |= _isCompleted;
            return _error?.SourceException;
        }
    }

    internal EventLoop Loop { get; }

    internal bool IsFaulted => _error is not null;

    /// <summary>Whether somebody has taken the outcome, or is going to: then a failure is theirs to report.</summary>
    internal bool IsObserved { get; private set; }

    /// <summary>Whether the await that is continued at this moment ends before this has; loop thread.</summary>
    internal bool IsAwaitBroken { get; set; }

    /// <summary>Where it was created; null without the debug mode.</summary>
    internal CallStack? CreationSite { get; set; }

    internal abstract Task Untyped { get; }

    string IPromiseOwner.Title => Name;

    // Set on the loop's thread alone.
    EventLoop? IPromiseOwner.OnlyBy => Loop;

    bool IPromiseOwner.NeedsAll => NeedsAll;

    IEnumerable<LoopFuture> IPromiseOwner.Awaited => Awaited.Where(f => !f.IsCompleted);

    /// <summary>What has to end before it does, as far as that is known.</summary>
    private protected virtual IReadOnlyList<LoopFuture> Awaited => [];

    /// <summary>Whether it ends only after all of <see cref="Awaited"/>.</summary>
    private protected virtual bool NeedsAll => true;

    private protected abstract CancellationToken CancelledToken { get; }

    /// <summary>Asks for the outcome "cancelled".</summary>
    /// <param name="reason">For people; kept in <see cref="CancelReason"/>.</param>
    /// <returns>False when the outcome is there already.</returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public abstract bool Cancel(string? reason = null);

    /// <summary>
    /// Calls back in the turn after the outcome, never inline, under the caller's execution context; if the outcome is
    /// there already, in the next turn.
    /// </summary>
    /// <param name="callback">Takes this future. Added twice, it is called twice.</param>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public void AddDoneCallback(Action<LoopFuture> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Loop.CheckCaller();
        var done = new DoneCallback(callback, this);
        if (_isCompleted)
        {
            Loop.Enqueue(done);
        }
        else
        {
            (_doneCallbacks ??= []).Add(done);
        }
    }

    /// <summary>Refused: the callback's task would be lost. Start a task instead.</summary>
    [Obsolete(EventLoop.LostTask, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void AddDoneCallback<TTask>(Func<LoopFuture, TTask> callback)
        where TTask : Task => throw new NotSupportedException();

    /// <summary>
    /// Takes back what <see cref="AddDoneCallback(Action{LoopFuture})"/> has added and the outcome has not called yet.
    /// </summary>
    /// <returns>How many times it had been added.</returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public int RemoveDoneCallback(Action<LoopFuture> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Loop.CheckCaller();
        return _doneCallbacks?.RemoveAll(d => d is not null && d.Callback.Equals(callback)) ?? 0;
    }

    /// <summary>The same outcome as a plain task. Whoever asks for it is the one to look at a failure.</summary>
    public Task AsTask()
    {
        Observe();
        _isHandedOut = true;
        return Untyped;
    }

    /// <summary>For <c>await</c>.</summary>
    public LoopAwaiter GetAwaiter()
    {
        Observe();
        return new LoopAwaiter(this);
    }

    /// <inheritdoc />
    public override string ToString() =>
        $"{Name} ({StateText}{(CreationSite is { Top: var place } ? $", created at {place}" : "")})";

    /// <summary>Hands the outcome to the plain task; awaiters of that run inside this call.</summary>
    private protected abstract void Publish();

    private protected virtual string StateText => IsCanceled ? "cancelled" : IsCompleted ? "ended" : "pending";

    /// <summary>An await on whatever thread begins: from now on the scope around it cancels this future.</summary>
    internal void ObserveScope()
    {
        if (CancelScope.Current is not { } scope)
        {
            return;
        }

        var token = scope.Token;
        if (Loop.IsOwnedByCaller)
        {
            CancelWith(s_cancel, this, token);
        }
        else
        {
            Loop.TryDispatch(_ => CancelWith(s_cancel, this, token), null);
        }
    }

    /// <summary>As above.</summary>
    /// <returns>What to call at the end instead of the continuation.</returns>
    internal Action ObserveScope(Action continuation)
    {
        if (this is not LoopTask awaited
            || !Loop.IsOwnedByCaller
            || !ReferenceEquals(SynchronizationContext.Current, Loop.SynchronizationContext)
            || LoopTask.Current is not { } awaiter)
        {
            ObserveScope();
            return continuation;
        }

        var pending = new BreakableAwait(awaiter, awaited, continuation);
        CancelWith(s_cancelAwaited, pending, CancelScope.Current!.Token);
        return pending.Continue;
    }

    /// <summary>
    /// Returns if it has succeeded, throws if not. Refuses the loop's own thread before that, where a wait would never
    /// end; blocks any other, as a task does.
    /// </summary>
    internal void Join()
    {
        if (!_isCompleted)
        {
            ThrowIfBroken();
            ThrowIfOwnThread();
#pragma warning disable RS0030 // The caller chose to block, and its thread is not the loop's.
            Untyped.GetAwaiter().GetResult();
#pragma warning restore RS0030
        }

        ThrowUnlessSucceeded();
    }

    /// <summary>Returns if it has succeeded, throws if it failed, was cancelled, or is not completed.</summary>
    internal void ThrowUnlessSucceeded()
    {
        if (!_isCompleted)
        {
            throw new InvalidOperationException($"{this} has no result yet. Await it.");
        }

        IsObserved = true;
        _error?.Throw();
        if (IsCanceled)
        {
            throw new TaskCanceledException(
                CancelReason is null ? $"{Name} was cancelled." : $"{Name} was cancelled: {CancelReason}.",
                _cancellation,
                CancelledToken);
        }
    }

    /// <summary>Publishes to a completion source what is not a result.</summary>
    /// <returns>False if it is a result.</returns>
    internal bool PublishFailure<T>(TaskCompletionSource<T> source)
    {
        if (IsCanceled)
        {
            source.SetCanceled(CancelledToken);
        }
        else if (_error is not null)
        {
            source.SetException(_error.SourceException);
            if (!_isHandedOut)
            {
                // Looked at, as far as the platform goes: the loop is the one to report it.
                _ = source.Task.Exception;
            }
        }

        return IsCanceled || _error is not null;
    }

    /// <param name="cancellation">With which it ended, if somebody threw it: it says where that was.</param>
    private protected void EndCanceled(OperationCanceledException? cancellation = null)
    {
        _cancellation = cancellation;
        IsCanceled = true;
        End();
    }

    private protected void EndFaulted(Exception error)
    {
        _error = ExceptionDispatchInfo.Capture(error);
        End();
    }

    // The outcome is published by a callback of its own. So what awaits it runs in the next turn and yet on the loop: a
    // completion source that continues asynchronously would send everything but a plain await over the thread pool.
    private protected virtual void End()
    {
        _isCompleted = true;
        _firstAwait.Unregister();
        foreach (var other in _otherAwaits ?? [])
        {
            other.Unregister();
        }

        var callbacks = _doneCallbacks;
        _doneCallbacks = null;
        if (!IsObserved)
        {
            // Nobody waits yet, so nothing would run inline.
            PublishAndLeave();
        }
        else if (callbacks?.Contains(null) is not true)
        {
            PublishSoon();
        }

        foreach (var done in callbacks ?? [])
        {
            if (done is null)
            {
                PublishSoon();
            }
            else
            {
                Loop.Enqueue(done);
            }
        }
    }

    // Awaits and done-callbacks run in the order in which they came. One completion serves all awaits, so the first of
    // them has the place; one on another thread has no order to keep.
    private void Observe()
    {
        if (!IsObserved && _doneCallbacks is { } callbacks && Loop.IsOwnedByCaller)
        {
            callbacks.Add(null);
        }

        IsObserved = true;
    }

    private void PublishSoon() => Loop.CallSoon(static self => ((LoopFuture)self!).PublishAndLeave(), this);

    private void PublishAndLeave()
    {
        Publish();
        Loop.Forget(this);
    }

    private static void CancelAwaited(BreakableAwait pending)
    {
        if (!pending.Awaited.IsCompleted)
        {
            pending.Awaited.Loop.Track(pending, cameBack: pending.Awaited.Scope.IsCancelled);
            pending.Awaited.Cancel(ScopeCancelled);
        }
    }

    private void ThrowIfBroken()
    {
        if (IsAwaitBroken && Loop.IsOwnedByCaller)
        {
            IsAwaitBroken = false;
            throw new TaskCanceledException(
                $"The await of {Name} was cancelled: it was part of a ring of awaits, which could not end otherwise.",
                null,
                new CancellationToken(canceled: true));
        }
    }

    private void ThrowIfOwnThread()
    {
        if (Loop.IsOwnedByCaller)
        {
            throw new InvalidOperationException(
                $"{this} has no result yet, and this thread runs the loop that has to bring it: the wait would never "
                + "end. Await it.");
        }
    }

    private void CancelWith(Action<object?> cancel, object state, CancellationToken token)
    {
        if (_isCompleted)
        {
            return;
        }

        var registration = token.UnsafeRegister(cancel, state);
        if (_firstAwait == default)
        {
            _firstAwait = registration;
        }
        else
        {
            (_otherAwaits ??= []).Add(registration);
        }
    }
}
