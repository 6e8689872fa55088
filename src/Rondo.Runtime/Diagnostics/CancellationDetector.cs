namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Follows cancellations to their end. A task that was cancelled should end soon, and as cancelled; unless it takes the
/// cancellation back.
/// </summary>
/// <remarks>
/// That the body has seen its cancellation is known from the exception, when it is thrown on the loop's thread inside
/// the task's scope with a token of that scope. An exception with another token, such as one of a linked source, does
/// not count: better to miss one than to blame a task for what it never saw.
/// </remarks>
internal sealed class CancellationDetector(EventLoop loop) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<CancelScope, Watch> _watches = [];

    public static string Reason(LoopTask task) => task.CancelReason is { } reason ? $" ({reason})" : "";

    public void TaskCreated(LoopTask task) => _watches[task.Scope] = new Watch(loop, task);

    public void TaskRenewed(LoopTask task) => _watches.GetValueOrDefault(task.Scope)?.Renew();

    public void TaskEnded(LoopTask task)
    {
        if (!_watches.Remove(task.Scope, out var watch))
        {
            return;
        }

        watch.Dispose();
        if (!task.IsCanceled && !task.IsFaulted && watch.WasSeen)
        {
            loop.Report(new SwallowedCancellation(loop, task));
        }
    }

    /// <summary>On the loop's thread, for every exception, whether or not it will be caught.</summary>
    public void Thrown(Exception error)
    {
        if (error is not OperationCanceledException { CancellationToken: { IsCancellationRequested: true } token })
        {
            return;
        }

        var isOurs = false;
        Watch? watch = null;
        for (var scope = CancelScope.Current; scope is not null && !(isOurs && watch is not null); scope = scope.Outer)
        {
            isOurs |= scope.Token == token;

            // The innermost task; the scopes outside it are those of a group around it.
            watch ??= _watches.GetValueOrDefault(scope);
        }

        if (isOurs && watch is { Task.Scope.IsCancelled: true })
        {
            watch.WasSeen = true;
        }
    }

    public void Dispose()
    {
        foreach (var watch in _watches.Values)
        {
            watch.Dispose();
        }

        _watches.Clear();
    }

    /// <summary>What is known of one task.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly EventLoop _loop;
        private CancellationTokenRegistration _registration;
        private TimerHandle? _timer;
        private TimeSpan _since;
        private bool _isOver;

        public Watch(EventLoop loop, LoopTask task)
        {
            _loop = loop;
            Task = task;
            Renew();
        }

        public LoopTask Task { get; }

        /// <summary>Whether the body has got an exception for the present cancellation.</summary>
        public bool WasSeen { get; set; }

        /// <summary>The task has a new token, and a clean record.</summary>
        public void Renew()
        {
            _registration.Unregister();
            _timer?.Cancel();
            _timer = null;
            WasSeen = false;
            _registration = Task.Scope.Token.UnsafeRegister(static watch => ((Watch)watch!).Cancelled(), this);
        }

        public void Dispose()
        {
            _isOver = true;
            _registration.Unregister();
            if (!_loop.IsClosed)
            {
                _timer?.Cancel();
            }
        }

        // On whichever thread cancels.
        private void Cancelled()
        {
            if (ReferenceEquals(EventLoop.Running, _loop))
            {
                Arm();
                return;
            }

            try
            {
                _loop.Dispatch((Action)Arm, null);
            }
            catch (ObjectDisposedException)
            {
                // The loop is closed, and nobody waits for the task.
            }
        }

        private void Arm()
        {
            if (!_isOver && Task.Scope.IsCancelled)
            {
                _since = _loop.Time;
                _timer = _loop.CallLater(Patience, static watch => ((Watch)watch!).Check(), this);
            }
        }

        private void Check()
        {
            if (Task.Shields > 0)
            {
                // It does what it was cancelled for, and has a limit of its own.
                _timer!.Reschedule(Patience);
            }
            else if (!Task.IsCompleted)
            {
                _loop.Report(new IgnoredCancellation(_loop, Task, _loop.Time - _since, WasSeen)
                {
                    Awaits = [.. AwaitChain.Of(_loop, Task.Untyped).Skip(1)],
                });
            }
        }
    }
}
