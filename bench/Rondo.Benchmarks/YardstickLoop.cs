using System.Collections.Concurrent;

namespace Rondo.Benchmarks;

/// <summary>
/// The least that pays the same contract: a queue whose callbacks run under the context they were scheduled in, a poll in
/// every turn, posts from other threads, and a context that brings <c>await</c> back.
/// </summary>
internal sealed class YardstickLoop : SynchronizationContext
{
    private readonly Queue<(Delegate Callback, object? State, ExecutionContext? Context)> _ready = new();
    private readonly ConcurrentQueue<(SendOrPostCallback, object?)> _posted = new();
    private readonly object _monitor = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _stopping;

    public void CallSoon(Action callback) => _ready.Enqueue((callback, null, ExecutionContext.Capture()));

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            _ready.Enqueue((d, state, null));
        }
        else
        {
            _posted.Enqueue((d, state));
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
                // The poll: nothing to wait for while something is ready.
            }

            while (_posted.TryDequeue(out var post))
            {
                _ready.Enqueue((post.Item1, post.Item2, null));
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
}
