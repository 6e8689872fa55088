using Rondo.Runtime.Time;

namespace Rondo.Runtime;

/// <content>What puts callbacks into the loop.</content>
public sealed partial class EventLoop
{
    /// <summary>
    /// Runs a callback in the next turn, after those scheduled before it, under the caller's execution context.
    /// </summary>
    /// <returns>A handle with which it can be cancelled until it runs.</returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The loop is closed.</exception>
    public LoopHandle CallSoon(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return Schedule(new WorkItem(callback, null, ExecutionContext.Capture()));
    }

    /// <inheritdoc cref="CallSoon(Action)"/>
    /// <param name="callback">
    /// Takes <paramref name="state"/>, so that a cached delegate serves and nothing is allocated.
    /// </param>
    /// <param name="state">Handed to the callback.</param>
    public LoopHandle CallSoon(Action<object?> callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return Schedule(new WorkItem(callback, state, ExecutionContext.Capture()));
    }

    /// <summary>
    /// As <see cref="CallSoon(Action)"/>, from any thread: wakes the loop if it waits. What one thread posts runs in
    /// the order in which it was posted.
    /// </summary>
    /// <returns>A handle that may be used on any thread.</returns>
    /// <exception cref="ObjectDisposedException">The loop is closed.</exception>
    public LoopHandle CallSoonThreadSafe(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var posted = new PostedCallback(callback);
        ThrowIfClosed();
        Post(new WorkItem(posted, null, ExecutionContext.Capture()));
        return new LoopHandle(posted);
    }

    /// <inheritdoc cref="CallSoonThreadSafe(Action)"/>
    /// <param name="callback">Takes <paramref name="state"/>.</param>
    /// <param name="state">Handed to the callback.</param>
    public LoopHandle CallSoonThreadSafe(Action<object?> callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var posted = new PostedCallback(callback);
        ThrowIfClosed();
        Post(new WorkItem(posted, state, ExecutionContext.Capture()));
        return new LoopHandle(posted);
    }

    /// <summary>
    /// Runs a callback once <paramref name="delay"/> has passed, never before; zero or less means the next turn, but
    /// <see cref="Timeout.InfiniteTimeSpan"/> never.
    /// </summary>
    /// <returns>A handle with which it can be cancelled or scheduled anew.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The deadline lies beyond what a <see cref="TimeSpan"/> holds.
    /// </exception>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">The loop is closed.</exception>
    public TimerHandle CallLater(TimeSpan delay, Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new TimerHandle(this, new WorkItem(callback, null, ExecutionContext.Capture()));
        RescheduleTimer(timer, delay);
        return timer;
    }

    /// <inheritdoc cref="CallLater(TimeSpan, Action)"/>
    /// <param name="delay">From now.</param>
    /// <param name="callback">Takes <paramref name="state"/>.</param>
    /// <param name="state">Handed to the callback.</param>
    public TimerHandle CallLater(TimeSpan delay, Action<object?> callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new TimerHandle(this, new WorkItem(callback, state, ExecutionContext.Capture()));
        RescheduleTimer(timer, delay);
        return timer;
    }

    /// <summary>
    /// Runs a callback at <paramref name="when"/> by <see cref="Time"/>; among equal ones the first scheduled runs
    /// first.
    /// </summary>
    /// <inheritdoc cref="CallLater(TimeSpan, Action)"/>
    public TimerHandle CallAt(TimeSpan when, Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        CheckCaller();
        var timer = new TimerHandle(this, new WorkItem(callback, null, ExecutionContext.Capture())) { When = when };
        _timers.Add(timer, when.Ticks);
        return timer;
    }

    internal bool CancelReady(long number)
    {
        CheckCaller();
        return _ready.Cancel(number);
    }

    internal bool CancelTimer(TimerHandle timer)
    {
        CheckCaller();
        return Unschedule(timer);
    }

    internal void RescheduleTimer(TimerHandle timer, TimeSpan delay)
    {
        CheckCaller();
        if (delay == Timeout.InfiniteTimeSpan)
        {
            Unschedule(timer);
            timer.When = TimeSpan.MaxValue;
            return;
        }

        var now = Time;
        if (delay > TimeSpan.MaxValue - now)
        {
            throw new ArgumentOutOfRangeException(
                nameof(delay), delay, "The deadline lies beyond what a TimeSpan holds.");
        }

        Unschedule(timer);
        timer.When = delay > TimeSpan.Zero ? now + delay : now;
        _timers.Add(timer, timer.When.Ticks);
    }

    /// <summary>Schedules from the loop's thread or any other, without a handle: the views' way in.</summary>
    internal void Dispatch(object callback, object? state)
    {
        if (_isClosed)
        {
            // The platform calls this for somebody who awaits; an exception would end the process.
            Report(
                LoopError.NameOf(callback),
                new ObjectDisposedException(null, "Event loop is closed. What comes back to it now does not run."));
            return;
        }

        var item = new WorkItem(callback, state, null);
        if (IsOwnedByCaller)
        {
            _ready.Enqueue(item);
        }
        else
        {
            Post(item);
        }
    }

    /// <summary>As <see cref="Dispatch"/>, but a closed loop forgets it, as it does all that is scheduled.</summary>
    /// <returns>Whether it was scheduled.</returns>
    internal bool TryDispatch(Action<object?> callback, object? state)
    {
        if (IsOwnedByCaller && !_isClosed)
        {
            Dispatch(callback, state);
            return true;
        }

        return TryPost(new WorkItem(callback, state, null));
    }

    /// <inheritdoc cref="TryDispatch(Action{object?}, object?)"/>
    internal bool TryDispatch(ILoopWork work)
    {
        if (IsOwnedByCaller && !_isClosed)
        {
            Dispatch(work, null);
            return true;
        }

        return TryPost(new WorkItem(work, null, null));
    }

    /// <summary>Schedules under the context of the callback's author, from the loop's thread.</summary>
    internal void Enqueue(WrappedCallback callback) => Schedule(new WorkItem(callback, null, callback.Context));

    /// <summary>As <see cref="Enqueue"/>, from any thread; a closed loop forgets it.</summary>
    /// <returns>Whether it was scheduled.</returns>
    internal bool TryPost(WrappedCallback callback) => TryPost(new WorkItem(callback, null, callback.Context));

    private LoopHandle Schedule(in WorkItem item)
    {
        if (_handOver is not null && !IsOwnedByCaller)
        {
            var posted = new PostedCallback(item.Callback!);
            Post(item with { Callback = posted });
            return new LoopHandle(posted);
        }

        CheckCaller();
        var handle = new LoopHandle(this, _ready.NextNumber);
        _ready.Enqueue(item);
        return handle;
    }

    private void Post(in WorkItem item)
    {
        if (!TryPost(item))
        {
            ThrowIfClosed();
        }
    }

    private bool TryPost(in WorkItem item)
    {
        if (_isClosed)
        {
            return false;
        }

        if (_simulation is { } simulation && Environment.CurrentManagedThreadId != _owner)
        {
            simulation.Posting(item.Callback!, item.State);
        }

        _posted.Enqueue(item);
        _hasPosted = true;

        // The loop says that it sleeps before it looks at the queue for the last time, and we look after we have
        // queued: one of the two sees the other. The exchange lets only one of many posters pay for the wake.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) == 1 && Interlocked.Exchange(ref _sleeping, 0) == 1)
        {
            _poller.Wake();
        }

        return true;
    }

    private bool Unschedule(TimerHandle timer)
    {
        if (((ITimerEntry)timer).Place >= 0)
        {
            _timers.Remove(timer);
            return true;
        }

        if (timer.ReadyNumber is { } number)
        {
            timer.ReadyNumber = null;
            return _ready.Cancel(number);
        }

        return false;
    }

    /// <summary>
    /// Whether the caller may touch the loop's state: it is on the loop's thread and, if the loop may be handed over,
    /// not in application code.
    /// </summary>
    internal bool IsOwnedByCaller =>
        (Volatile.Read(ref _word) & ApplicationCode) == 0 && _owner == Environment.CurrentManagedThreadId;

    internal void CheckCaller()
    {
        if (!IsOwnedByCaller)
        {
            _observer?.CalledFromWrongThread();
            throw new InvalidOperationException(
                "This call belongs to the event loop's thread. From another one, use CallSoonThreadSafe.");
        }

        ThrowIfClosed();
    }
}
