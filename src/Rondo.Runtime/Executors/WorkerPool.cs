namespace Rondo.Runtime.Executors;

/// <summary>
/// The workers of a <see cref="ProcessExecutor"/> and the calls that wait for them. More processes than calls may run
/// at a time are the spares: none is set apart, so a warm one is at hand whichever dies.
/// </summary>
/// <remarks>
/// While calls take a fraction of a millisecond, several are sent to a worker in advance, so that it need not wait for
/// the next; longer ones wait here, where the first worker that is free takes them.
/// </remarks>
internal sealed partial class WorkerPool(ProcessExecutorOptions options)
{
    private const int Depth = 64;

    // What the buffer of a Unix socket takes at once, with room to spare: sending it never blocks.
    private const int MostBytesInFlight = 48 << 10;

    private static readonly TimeSpan ShortCall = TimeSpan.FromMicroseconds(200);

    private readonly object _gate = new();
    private readonly LinkedList<WorkerCall> _queue = new();
    private readonly List<WorkerProcess> _workers = [];
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isShutDown;
    private TimeSpan _queueLatency;
    private TimeSpan _typicalCall = TimeSpan.MaxValue / 16;

    public ProcessExecutorOptions Options { get; } = options;

    public Task AllEnded => _allEnded.Task;

    public int WorkerCount => Locked(() => _workers.Count(w => w.IsAccepting || w.InFlight > 0));

    public int BusyWorkers => Locked(() => _workers.Count(w => w.InFlight > 0));

    public int QueueLength => Locked(() => _queue.Count);

    public TimeSpan QueueLatency => Locked(() =>
        _queue.First is { } oldest ? Options.Clock.GetElapsedTime(oldest.Value.QueuedAt) : _queueLatency);

    /// <exception cref="ObjectDisposedException">The executor has been shut down.</exception>
    /// <exception cref="QueueFullException">As much as may wait waits already.</exception>
    public void Enqueue(WorkerCall call)
    {
        lock (_gate)
        {
            CheckOpen(call);
            if (call.HasEnded)
            {
                call.Release();
                return;
            }

            call.QueuedAt = Options.Clock.GetTimestamp();
            _queue.AddLast(call.Node);
            Dispatch();
        }
    }

    /// <summary>
    /// Sends a call to an idle worker, whose answer the caller reads himself; if it is large, he sends it, too.
    /// </summary>
    /// <returns>The worker; null if there is none, and the call has to be queued.</returns>
    public WorkerProcess? TryTake(WorkerCall call)
    {
        lock (_gate)
        {
            if (_isShutDown || call.HasEnded || _queue.Count > 0
                || Choose(isLarge: true) is not { IsRead: false } worker)
            {
                return null;
            }

            call.QueuedAt = Options.Clock.GetTimestamp();
            worker.IsRead = true;
            Give(worker, call, isLarge: call.Frame.Length > MostBytesInFlight);
            return worker;
        }
    }

    /// <summary>The token of a call has taken it back.</summary>
    public void Leave(WorkerCall call)
    {
        lock (_gate)
        {
            if (call.Node.List is not null)
            {
                _queue.Remove(call.Node);
                call.Release();
                EndIfDone();
            }
            else if (call.Worker is { } worker && worker.Running == call)
            {
                StopRunning(worker);
            }
        }
    }

    /// <summary>Takes no more calls; workers that have nothing to do are closed.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isShutDown = true;
            Dispatch();
        }
    }

    /// <summary>Cancels what waits, and kills what runs.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            // Before their workers die, which is an outcome as well.
            foreach (var call in _queue.Concat(_workers.SelectMany(w => w.Calls)))
            {
                call.TryCancel(new CancellationToken(canceled: true));
            }

            foreach (var call in _queue)
            {
                call.Release();
            }

            _queue.Clear();
            _workers.ForEach(w => w.Kill(WorkerExitReason.ShutDown));
            EndIfDone();
        }
    }

    /// <summary>The first call of a worker has been answered.</summary>
    /// <param name="worker">Who has answered.</param>
    /// <param name="isLast">Whether the one who reads wants no more answers.</param>
    /// <returns>Whether to read on.</returns>
    public bool Answered(WorkerProcess worker, bool isLast)
    {
        lock (_gate)
        {
            _failures = 0;
            _typicalCall += (Options.Clock.GetElapsedTime(worker.RunningSince) - _typicalCall) / 8;
            worker.Answered();
            if (worker.Running is { HasEnded: true })
            {
                // Cancelled while it waited behind others; now it may run.
                StopRunning(worker);
            }

            if (worker.InFlight == 0 && worker.Tasks >= Options.MaxTasksPerWorker)
            {
                worker.Close(WorkerExitReason.Retired);
                Dispatch();
                return false;
            }

            // Whoever reads goes on if there is more; a new reader needs no waking for it.
            Dispatch();
            if (worker.InFlight == 0)
            {
                worker.IsRead = false;
                if (worker.HasExited)
                {
                    worker.Wake();
                }

                return false;
            }

            if (isLast)
            {
                worker.Wake();
            }

            return !isLast;
        }
    }

    /// <summary>Gives out what waits, as far as there are workers for it; starts those that are missing.</summary>
    private void Dispatch()
    {
        while (_queue.First is { } first)
        {
            if (first.Value.HasEnded)
            {
                // Its token is about to take it out.
                _queue.RemoveFirst();
                first.Value.Release();
                continue;
            }

            var isLarge = first.Value.Frame.Length > MostBytesInFlight;
            if (Choose(isLarge) is not { } worker)
            {
                break;
            }

            _queue.RemoveFirst();
            Give(worker, first.Value, isLarge);
            if (!worker.IsRead)
            {
                worker.Wake();
            }
        }

        Arrange();
    }

    private void Give(WorkerProcess worker, WorkerCall call, bool isLarge)
    {
        _queueLatency = Options.Clock.GetElapsedTime(call.QueuedAt);
        if (LoopMetrics.MeasuresQueueing)
        {
            LoopMetrics.Dequeued(Options.Name, _queueLatency);
        }

        worker.Send(call, isLarge);
        worker.IsAccepting &= worker.Tasks < Options.MaxTasksPerWorker;
    }

    /// <summary>An idle worker if one more may be busy, else the least loaded one if calls are short.</summary>
    private WorkerProcess? Choose(bool isLarge)
    {
        var busy = 0;
        WorkerProcess? idle = null;
        WorkerProcess? least = null;
        foreach (var worker in _workers)
        {
            if (worker.InFlight > 0 && !worker.IsKilled)
            {
                busy++;
            }

            if (!worker.IsAccepting)
            {
                continue;
            }

            if (worker.InFlight == 0)
            {
                idle ??= worker;
            }
            else if (least is null || worker.InFlight < least.InFlight)
            {
                least = worker;
            }
        }

        if (idle is not null && busy < Options.Workers)
        {
            return idle;
        }

        return !isLarge && _typicalCall < ShortCall && least is not null
            && least.InFlight < Depth && least.BytesInFlight < MostBytesInFlight
            ? least
            : null;
    }

    private void CheckOpen(WorkerCall call)
    {
        ObjectDisposedException.ThrowIf(_isShutDown, typeof(ProcessExecutor));
        var free = Options.Workers - _workers.Count(w => w.InFlight > 0 && !w.IsKilled);
        if (_queue.Count - free >= Options.QueueLimit)
        {
            throw new QueueFullException(Options.Name, Options.QueueLimit);
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}
