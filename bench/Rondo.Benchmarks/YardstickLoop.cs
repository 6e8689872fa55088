using System.Collections.Concurrent;
using System.Diagnostics;

namespace Rondo.Benchmarks;

/// <summary>
/// The least that pays the same contract: a queue whose callbacks run under the context they were scheduled in, a poll in
/// every turn, timers, posts from other threads, tasks that are held and can be cancelled, and a context that brings
/// <c>await</c> back.
/// </summary>
internal sealed class YardstickLoop : SynchronizationContext
{
    private readonly Queue<(Delegate Callback, object? State, ExecutionContext? Context)> _ready = new();
    private readonly ConcurrentQueue<(Delegate Callback, object? State, ExecutionContext? Context)> _posted = new();
    private readonly PriorityQueue<Timer, long> _timers = new();
    private readonly HashSet<object> _tasks = [];
    private readonly object _monitor = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _stopping;

    public void CallSoon(Action callback) => _ready.Enqueue((callback, null, ExecutionContext.Capture()));

    public void CallSoonThreadSafe(Action callback)
    {
        _posted.Enqueue((callback, null, ExecutionContext.Capture()));
        Wake();
    }

    public Timer CallLater(TimeSpan delay, Action callback)
    {
        var timer = new Timer(callback, ExecutionContext.Capture());
        _timers.Enqueue(timer, Stopwatch.GetTimestamp() + (long)(delay.TotalSeconds * Stopwatch.Frequency));
        return timer;
    }

    public void Cancel(Timer timer) => _timers.Remove(timer, out _, out _);

    /// <summary>
    /// Starts in the next turn, and so does what awaits it after its end; the loop holds it until then, and the
    /// cancellation of who awaits it reaches it.
    /// </summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> body, CancellationToken awaiter)
    {
        var outcome = new TaskCompletionSource<T>();
        var cancellation = new CancellationTokenSource();
        _tasks.Add(outcome);
        CallSoon(async () =>
        {
            var result = await body(cancellation.Token);
            CallSoon(() =>
            {
                _tasks.Remove(outcome);
                outcome.SetResult(result);
            });
        });
        using var registration = awaiter.UnsafeRegister(
            static c => ((CancellationTokenSource)c!).Cancel(), cancellation);
        return await outcome.Task;
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            _ready.Enqueue((d, state, null));
        }
        else
        {
            _posted.Enqueue((d, state, null));
            Wake();
        }
    }

    public void Stop() => _stopping = true;

    public void Run()
    {
        SetSynchronizationContext(this);
        for (_stopping = false; !_stopping;)
        {
            lock (_monitor)
            {
                if (_ready.Count == 0 && _posted.IsEmpty)
                {
                    Monitor.Wait(_monitor, 1);
                }
            }

            if (_timers.TryPeek(out _, out var due) && due <= Stopwatch.GetTimestamp())
            {
                var timer = _timers.Dequeue();
                _ready.Enqueue((timer.Callback, null, timer.Context));
            }

            while (_posted.TryDequeue(out var post))
            {
                _ready.Enqueue(post);
            }

            for (var count = _ready.Count; count > 0; count--)
            {
                var (callback, state, context) = _ready.Dequeue();
                if (context is not null)
                {
                    ExecutionContext.Restore(context);
                }

                if (callback is Action action)
                {
                    action();
                }
                else
                {
                    ((SendOrPostCallback)callback)(state);
                }
            }
        }

        SetSynchronizationContext(null);
    }

    private void Wake()
    {
        lock (_monitor)
        {
            Monitor.Pulse(_monitor);
        }
    }

    internal sealed record Timer(Action Callback, ExecutionContext? Context);
}
