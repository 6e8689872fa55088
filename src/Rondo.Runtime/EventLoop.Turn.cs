using System.Diagnostics;

namespace Rondo.Runtime;

/// <content>One turn, and the one place that calls user code.</content>
public sealed partial class EventLoop
{
    // Where outcomes take long, the loop spins once in eight times, to see whether they still do.
    private const int MostSpinsSkipped = 7;

    private ExecutionContext? _idleContext;
    private BriefSpin? _spin;
    private bool _expectsPost;

    private void RunTurn()
    {
        if (LoopMetrics.MeasuresTurns)
        {
            RunMeasuredTurn();
            return;
        }

        StartTurn();
        RunReady();
    }

    // Apart, so that a turn which nobody measures pays for no more than the question.
    private void RunMeasuredTurn()
    {
        var start = Stopwatch.GetTimestamp();
        StartTurn();
        var polled = Stopwatch.GetTimestamp();
        LoopMetrics.TurnEnded(this, start, polled, RunReady());
    }

    private void StartTurn()
    {
        Poll();
        _observer?.PollEnded();
    }

    /// <returns>How many callbacks were ready.</returns>
    private int RunReady()
    {
        TakePosted();
        TakeDueTimers();

        // What these callbacks schedule is for the next turn, so that nobody keeps the poller waiting.
        var ready = _ready.Count;
        for (var count = ready; count > 0; count--)
        {
            Invoke(_ready.Dequeue());
        }

        _observer?.TurnEnded();
        return ready;
    }

    private void Poll()
    {
        if (_failed.Count > 0 && !HasMore())
        {
            ReportFailed();
        }

        if (_mayHaveRing && !HasMore())
        {
            BreakRings();
        }

        // The handler of the report, or a ring, may have scheduled something.
        if (HasMore() || SpinForPost())
        {
            _poller.Wait(TimeSpan.Zero);
            return;
        }

        _observer?.Idle();
        var limit = Timeout.InfiniteTimeSpan;
        if (_timers.Count > 0)
        {
            var left = new TimeSpan(_timers.NextDue) - Time;
            limit = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }

        // A full fence: from here on, who posts sees that we sleep, or we see the post.
        Interlocked.Exchange(ref _sleeping, 1);
        if (!_hasPosted)
        {
            _poller.Wait(limit);
        }

        Volatile.Write(ref _sleeping, 0);
        if (_verdict?.Invoke() is { } verdict)
        {
            throw verdict;
        }
    }

    /// <summary>Where work has been sent just now, its outcome may be back before a sleep would have begun.</summary>
    private bool SpinForPost()
    {
        var expects = _expectsPost;
        _expectsPost = false;
        return expects && (_spin ??= new BriefSpin(() => _hasPosted, MostSpinsSkipped)).Run();
    }

    private bool HasMore() => _ready.Count > 0 || _stopping || _hasPosted;

    private void TakePosted()
    {
        if (!_hasPosted)
        {
            return;
        }

        // Before the queue is emptied: who posts later sets it again.
        Interlocked.Exchange(ref _hasPosted, false);
        while (_posted.TryDequeue(out var item))
        {
            _ready.Enqueue(item);
        }
    }

    private void TakeDueTimers()
    {
        if (_timers.Count == 0)
        {
            return;
        }

        var now = Time.Ticks;
        while (_timers.TakeDue(now) is { } timer)
        {
            timer.ReadyNumber = _ready.NextNumber;
            _ready.Enqueue(new WorkItem(timer, null, timer.Item.Context));
        }
    }

    private void Invoke(WorkItem item)
    {
        if (item.Callback is null)
        {
            return;
        }

        var observer = _observer;
        observer?.CallbackStarting(item.Callback, item.State);
        _simulation?.CallbackStarting(item.Callback, item.State);
        if (item.Context is { } context && !ReferenceEquals(context, _idleContext))
        {
            ExecutionContext.Restore(context);
        }

        try
        {
            Call(item.Callback, item.State);
        }
        catch (Exception error)
        {
            Report(new CallbackName(item.Callback, item.State).ToString(), error);
        }

        // A callback's context and its changes to it end with it.
        if (_idleContext is not null && !ReferenceEquals(ExecutionContext.Capture(), _idleContext))
        {
            ExecutionContext.Restore(_idleContext);
        }

        if (!ReferenceEquals(SynchronizationContext.Current, SynchronizationContext))
        {
            System.Threading.SynchronizationContext.SetSynchronizationContext(SynchronizationContext);
        }

        observer?.CallbackEnded();
    }

    private void Call(object callback, object? state)
    {
        switch (callback)
        {
            case SendOrPostCallback continuation:
                continuation(state);
                break;
            case Action action:
                action();
                break;
            case Action<object?> action:
                action(state);
                break;
            case TimerHandle timer:
                timer.ReadyNumber = null;
                Call(timer.Item.Callback!, timer.Item.State);
                break;
            case PostedCallback posted when posted.TryTake() is { } taken:
                Call(taken, state);
                break;
            case WrappedCallback wrapped:
                wrapped.Call();
                break;
            case ILoopWork work:
                work.Run();
                break;
            case Task task:
                ((LoopTaskScheduler)TaskScheduler).Execute(task);
                break;
        }
    }

    private void Report(string callback, Exception error)
    {
        try
        {
            _onError(new LoopError(this, callback, error));
        }
        catch (Exception second)
        {
            // The handler is user code too; a second failure must not stop the loop either.
            LoopError.WriteToStandardError(new LoopError(this, "the error handler", second));
        }
    }
}
