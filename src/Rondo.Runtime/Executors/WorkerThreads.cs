namespace Rondo.Runtime.Executors;

/// <summary>
/// The threads of a <see cref="ThreadExecutor"/> and their queue. They hold this and never the executor, so that one
/// which nobody holds any more is found.
/// </summary>
/// <remarks>
/// One of the threads that have nothing to do spins for a moment, the others sleep: work that comes in this moment
/// wakes nobody.
/// </remarks>
/// <threadsafety>Any thread.</threadsafety>
internal sealed class WorkerThreads
{
    private readonly ThreadExecutorOptions _options;
    private readonly BriefSpin _spin;
    private readonly object _gate = new();
    private readonly LinkedList<ThreadJob> _queue = new();
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _threads;
    private int _busy;
    private bool _hasSpinner;
    private volatile bool _isShutDown;
    private TimeSpan _queueLatency;

    public WorkerThreads(ThreadExecutorOptions options)
    {
        _options = options;

        // The count is read without the lock, as a hint.
        _spin = new BriefSpin(() => _queue.Count > 0 || _isShutDown, mostSkips: 0);
    }

    public int Count => Locked(() => _threads);

    public int Busy => Volatile.Read(ref _busy);

    public int QueueLength => Locked(() => _queue.Count);

    public TimeSpan QueueLatency => Locked(() =>
        _queue.First is { } oldest ? _options.Clock.GetElapsedTime(oldest.Value.QueuedAt) : _queueLatency);

    /// <summary>Done when no thread is left, after <see cref="Close"/>.</summary>
    public Task AllEnded => _allEnded.Task;

    /// <summary>Takes no more work; the threads end when they have done what is queued.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isShutDown = true;
            Monitor.PulseAll(_gate);
            if (_threads == 0)
            {
                _allEnded.TrySetResult();
            }
        }
    }

    /// <exception cref="QueueFullException">As much as may wait waits already.</exception>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public void Enqueue(ThreadJob job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isShutDown, typeof(ThreadExecutor));
            if (job.IsTaken)
            {
                return;
            }

            // What threads that are free, or not started yet, are about to take does not really wait.
            var busy = Busy;
            if (_queue.Count - (_options.MaxThreads - busy) >= _options.QueueLimit)
            {
                throw new QueueFullException(_options.Name, _options.QueueLimit);
            }

            job.QueuedAt = _options.Clock.GetTimestamp();
            _queue.AddLast(job.Node);
            if (_queue.Count > _threads - busy && _threads < _options.MaxThreads)
            {
                Start(job);
            }
            else if (!_hasSpinner || _queue.Count > 1)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>The job has been taken back.</summary>
    public void Leave(ThreadJob job)
    {
        lock (_gate)
        {
            if (job.Node.List is not null)
            {
                _queue.Remove(job.Node);
            }
        }
    }

    /// <summary>Takes back whatever waits.</summary>
    public void CancelQueued()
    {
        ThreadJob[] queued;
        lock (_gate)
        {
            queued = [.. _queue];
            _queue.Clear();
        }

        foreach (var job in queued)
        {
            job.Cancel(new CancellationToken(canceled: true));
        }
    }

    /// <summary>Starts one more thread. If that fails, those that there are do the job, or it is refused.</summary>
    private void Start(ThreadJob job)
    {
        try
        {
            _options.Starting?.Invoke();

            // Its own context: a thread belongs to no submitter.
            new Thread(Work) { IsBackground = true, Name = $"{_options.Name}-{_threads + 1}" }.UnsafeStart();
            _threads++;
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            if (_threads == 0)
            {
                _queue.Remove(job.Node);
                throw;
            }

            Monitor.Pulse(_gate);
        }
    }

    private void Work()
    {
        while (Dequeue() is { } job)
        {
            if (LoopMetrics.MeasuresQueueing)
            {
                LoopMetrics.Dequeued(_options.Name, _options.Clock.GetElapsedTime(job.QueuedAt));
            }

            var ran = job.TryRun();

            // Before the outcome is seen: who submits again then finds this thread free.
            Interlocked.Decrement(ref _busy);
            if (ran)
            {
                job.Publish();
            }
        }
    }

    /// <summary>Waits for work; null when there will be none.</summary>
    private ThreadJob? Dequeue()
    {
        var isSpinner = BecomeSpinner();
        if (isSpinner)
        {
            _spin.Run();
        }

        lock (_gate)
        {
            // Nobody was woken for what has come meanwhile: whoever spun takes it, late or not.
            _hasSpinner &= !isSpinner;
            while (_queue.Count == 0 && !_isShutDown)
            {
                Monitor.Wait(_gate);
            }

            if (_queue.First is { } first)
            {
                _queue.RemoveFirst();
                Interlocked.Increment(ref _busy);
                _queueLatency = _options.Clock.GetElapsedTime(first.Value.QueuedAt);
                return first.Value;
            }

            if (--_threads == 0)
            {
                _allEnded.TrySetResult();
            }

            return null;
        }
    }

    private bool BecomeSpinner()
    {
        lock (_gate)
        {
            return _queue.Count == 0 && !_isShutDown && !_hasSpinner && (_hasSpinner = true);
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
