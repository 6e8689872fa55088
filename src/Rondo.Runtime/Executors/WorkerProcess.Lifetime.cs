using System.Diagnostics;

namespace Rondo.Runtime.Executors;

/// <content>From its start to its end, on its own thread.</content>
internal sealed partial class WorkerProcess
{
    /// <summary>
    /// It has ended, and the pool has it no more. Not under the pool's lock: the platform holds one of its own while it
    /// says that a process has ended, and disposing takes that one.
    /// </summary>
    public void Forget()
    {
        Process? process;
        lock (_ending)
        {
            (process, _process) = (_process, null);
        }

        process?.Dispose();
    }

    private void Run()
    {
        var begun = _pool.Options.Clock.GetTimestamp();
        try
        {
            var (process, calls, lifeline) = WorkerLaunch.Start(_pool.Options, isWanted: () => !_isKilled);
            _lifeline = lifeline;
            _socket = new FrameSocket(FrameSocket.Widen(calls));
            Adopt(process);
            if (_pool.Options.Initializer is { } initializer)
            {
                using var limit = LimitStart(begun);
                Initialize(initializer);
            }
        }
        catch (Exception error)
        {
            _pool.NotStarted(this, error, Reap());
            return;
        }

        if (_pool.Options.CallTimeout != Timeout.InfiniteTimeSpan)
        {
            _timer = _pool.Options.Clock.CreateTimer(
                _ => _pool.CheckTimeout(this), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        // An idle worker is not read; that one has died is told by the platform.
        _process!.Exited += (_, _) => _pool.Exited(this);
        _process.EnableRaisingEvents = true;
        if (_pool.Started(this))
        {
            do
            {
                Park();
                SendLarge();
            }
            while (Pump(until: null));
        }

        _timer?.Dispose();
        _asked?.Dispose();
        _pool.Gone(this, Reap()!);
    }

    private void Adopt(Process process)
    {
        lock (_ending)
        {
            _process = process;
            if (_isKilled)
            {
                process.Kill();
            }
        }
    }

    private ITimer? LimitStart(long begun)
    {
        if (_pool.Options.StartTimeout == Timeout.InfiniteTimeSpan)
        {
            return null;
        }

        var left = _pool.Options.StartTimeout - _pool.Options.Clock.GetElapsedTime(begun);
        return _pool.Options.Clock.CreateTimer(
            _ => Kill(WorkerExitReason.NotStarted), null, left > TimeSpan.Zero ? left : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan);
    }

    private void Initialize(Action initializer)
    {
        var call = new WorkerCall<bool>(ShippedMethod.Of((Func<Action, bool>)RunInitializer));
        ValueCodec<Action>.Instance.Write(call.Frame, initializer);
        _socket!.TrySend(call.Method.DefineFrame);
        _socket.TrySend(call.Frame.Frame);
        _known.Add(call.Method.Id);
        if (!_socket.TryReceive(out var answer))
        {
            throw new WorkerCrashedException("A worker process ended in its initialiser,", null);
        }

        _answered++;
        call.Read(answer);
        call.Publish();
        call.Release();
#pragma warning disable RS0030 // It has ended.
        call.Outcome.GetAwaiter().GetResult();
#pragma warning restore RS0030
    }

    private static bool RunInitializer(Action initialize)
    {
        initialize();
        return true;
    }

    private WorkerExit? Reap()
    {
        _socket?.Dispose();
        _lifeline?.Dispose();
        if (_process is not { } process)
        {
            return null;
        }

        if (!process.WaitForExit(ExitLimit))
        {
            process.Kill();
            process.WaitForExit();
        }

        return new WorkerExit(process.Id, process.ExitCode, Reason);
    }
}
