namespace Rondo.Runtime.Executors;

/// <content>Workers come and go.</content>
internal sealed partial class WorkerPool
{
    // So many processes in a row may fail before there is a pause, and calls that wait fail, too.
    private const int MostFailures = 3;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private int _target;
    private int _failures;
    private int _replacements;
    private ITimer? _pause;

    /// <summary>A worker has started.</summary>
    /// <returns>False if it is not needed any more.</returns>
    public bool Started(WorkerProcess worker)
    {
        lock (_gate)
        {
            if (worker.IsKilled)
            {
                return false;
            }

            if (_isShutDown && _queue.Count == 0)
            {
                worker.Reason = WorkerExitReason.ShutDown;
                return false;
            }

            (worker.HasStarted, worker.IsAccepting) = (true, true);
            Dispatch();
            return true;
        }
    }

    /// <summary>A worker could not be started.</summary>
    public void NotStarted(WorkerProcess worker, Exception error, WorkerExit? exit)
    {
        List<WorkerCall> failing = [];
        lock (_gate)
        {
            _workers.Remove(worker);
            _failures++;
            if ((_failures >= MostFailures || error is InvalidOperationException)
                && !_workers.Any(w => w.HasStarted))
            {
                // No more attempts until somebody asks again.
                failing.AddRange(_queue);
                _queue.Clear();
                _target = 0;
            }

            Dispatch();
            EndIfDone();
        }

        worker.Forget();
        exit ??= (error as WorkerCrashedException)?.Exit;
        foreach (var call in failing)
        {
            call.TryFail(new WorkerCrashedException($"No worker could be started: {error.Message}", exit, error));
            call.Release();
        }

        exit ??= new WorkerExit(0, 0, WorkerExitReason.NotStarted);
        Tell(exit with { Reason = WorkerExitReason.NotStarted });
    }

    /// <summary>The platform says that a process has ended. Whoever reads its answers sees that, too.</summary>
    public void Exited(WorkerProcess worker)
    {
        lock (_gate)
        {
            (worker.IsAccepting, worker.HasExited) = (false, true);
            if (!worker.IsRead)
            {
                worker.Wake();
            }
        }
    }

    /// <summary>A caller who read its answers has seen its end; the worker's thread does the rest.</summary>
    public void Broken(WorkerProcess worker)
    {
        lock (_gate)
        {
            worker.IsAccepting = false;
            worker.Wake();
        }
    }

    /// <summary>A worker process has ended: the call that ran fails, those behind it go to others.</summary>
    public void Gone(WorkerProcess worker, WorkerExit exit)
    {
        WorkerCall? victim = null;
        lock (_gate)
        {
            _workers.Remove(worker);
            _replacements++;
            var calls = worker.Abandon();
            if (calls is [{ IsSent: true } first, ..])
            {
                victim = first;
                calls.RemoveAt(0);
            }
            else if (exit.Reason == WorkerExitReason.Crashed)
            {
                // With nothing to do: what ends it now may end the next as well.
                _failures++;
            }

            for (var i = calls.Count - 1; i >= 0; i--)
            {
                if (calls[i].HasEnded)
                {
                    calls[i].Release();
                }
                else
                {
                    _queue.AddFirst(calls[i].Node);
                }
            }

            Dispatch();
            EndIfDone();
        }

        worker.Forget();
        if (victim is not null)
        {
            victim.TryFail(new WorkerCrashedException(
                $"The worker process that ran {MethodName.Of(victim.Method.Method)} ended {exit.How}.", exit));
            victim.Release();
        }

        Tell(exit);
    }

    /// <summary>The timer of a worker has fired.</summary>
    public void CheckTimeout(WorkerProcess worker)
    {
        lock (_gate)
        {
            if (worker.Overdue() is not { } overdue)
            {
                return;
            }

            // Before its worker dies, which is an outcome as well.
            overdue.TryFail(new TimeoutException(
                $"{MethodName.Of(overdue.Method.Method)} ran longer than {Options.CallTimeout.TotalSeconds:0.###} s "
                    + $"in executor '{Options.Name}'; its worker was killed."));
            Stop(worker, WorkerExitReason.TimedOut);
        }
    }

    /// <summary>
    /// The call that runs is not wanted any more. When others wait behind it, calls are short, and killing at once
    /// might well hit the next one: so it gets a moment to end by itself.
    /// </summary>
    private void StopRunning(WorkerProcess worker)
    {
        if (worker.InFlight > 1 && Options.Clock.GetElapsedTime(worker.RunningSince) < Moment)
        {
            worker.StopsLater ??= Options.Clock.CreateTimer(
                _ => StopNow(worker), null, Moment, Timeout.InfiniteTimeSpan);
            return;
        }

        Stop(worker, WorkerExitReason.Cancelled);
    }

    /// <summary>
    /// Ends the process that runs a call which is not wanted. With calls behind it the process decides whether it still
    /// runs that one, so that whatever had begun when it ends is the call that is to blame.
    /// </summary>
    private void Stop(WorkerProcess worker, WorkerExitReason reason)
    {
        if (worker.InFlight > 1)
        {
            var call = worker.Running;
            worker.AskToEnd(reason, limit: () => KillIfRunning(worker, call, reason));
            return;
        }

        worker.Kill(reason);
        Dispatch();
    }

    /// <summary>A process that does not react, since it is stopped for example, is killed.</summary>
    private void KillIfRunning(WorkerProcess worker, WorkerCall? call, WorkerExitReason reason)
    {
        lock (_gate)
        {
            if (worker.Running == call)
            {
                worker.Kill(reason);
                Dispatch();
            }
        }
    }

    private void StopNow(WorkerProcess worker)
    {
        lock (_gate)
        {
            worker.StopsLater?.Dispose();
            worker.StopsLater = null;
            if (worker.Running is { HasEnded: true })
            {
                StopRunning(worker);
            }
        }
    }

    /// <summary>Starts the workers that are missing, or closes those that nobody will need.</summary>
    private void Arrange()
    {
        if (_isShutDown && _queue.Count == 0)
        {
            foreach (var worker in _workers.Where(w => w.IsAccepting && w.InFlight == 0))
            {
                worker.Close(WorkerExitReason.ShutDown);
            }

            EndIfDone();
            return;
        }

        if (_target < Options.Workers && _queue.Count > 0)
        {
            var busy = _workers.Count(w => w.InFlight > 0 && !w.IsKilled);
            _target = Math.Max(_target, (int)Math.Min(Options.Workers, (long)busy + _queue.Count));
        }

        var missing = _target == 0 ? 0 : _target + (_isShutDown ? 0 : Options.Spares) - _workers.Count(w => w.IsAlive);
        if (missing <= 0 || _pause is not null)
        {
            return;
        }

        if (_failures >= MostFailures)
        {
            var pause = FirstPause * (1 << Math.Min(_failures - MostFailures, 6));
            _pause = Options.Clock.CreateTimer(
                _ => Resume(), null, pause < LongestPause ? pause : LongestPause, Timeout.InfiniteTimeSpan);
            return;
        }

        for (; missing > 0; missing--)
        {
            Start();
        }
    }

    private void Resume()
    {
        lock (_gate)
        {
            _pause?.Dispose();
            _pause = null;
            if (_workers.All(w => !w.IsAlive) && _target > 0 && _queue.Count > 0)
            {
                Start();
            }
        }
    }

    private void Start()
    {
        if (_replacements > 0)
        {
            _replacements--;
            WorkerMetrics.Restarted(this);
        }

        _workers.Add(new WorkerProcess(this));
    }

    private void EndIfDone()
    {
        if (_isShutDown && _workers.Count == 0 && _queue.Count == 0)
        {
            _pause?.Dispose();
            WorkerMetrics.Remove(this);
            _allEnded.TrySetResult();
        }
    }

    private void Tell(WorkerExit exit)
    {
        try
        {
            Options.OnWorkerExit?.Invoke(exit);
        }
        catch (Exception)
        {
            // User code, on the thread of a worker that is gone.
        }
    }
}
