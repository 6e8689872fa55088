namespace Rondo.Runtime.Executors;

/// <summary>
/// A named pool of threads for work that blocks (asyncio: <c>ThreadPoolExecutor</c>). It never has more threads than it
/// was given, however much waits, and refuses what does not fit into its queue. The submitter's
/// <see cref="AsyncLocal{T}"/> values flow into the work, <see cref="CancelScope.Current"/> among them. Work that runs
/// cannot be stopped from outside; it can ask the scope's token.
/// </summary>
/// <threadsafety>Any thread.</threadsafety>
public sealed class ThreadExecutor : IExecutor
{
    private readonly ThreadExecutorOptions _options;
    private readonly object _gate = new();
    private readonly LinkedList<ThreadJob> _queue = new();
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _threads;
    private int _busy;
    private bool _isShutDown;
    private TimeSpan _queueLatency;

    /// <summary>Makes a pool; threads start with the first work.</summary>
    /// <param name="options">Defaults when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <see cref="ThreadExecutorOptions.MaxThreads"/> is less than 1, or
    /// <see cref="ThreadExecutorOptions.QueueLimit"/> is negative.
    /// </exception>
    public ThreadExecutor(ThreadExecutorOptions? options = null)
    {
        _options = options ?? new ThreadExecutorOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxThreads, 1, nameof(_options.MaxThreads));
        ArgumentOutOfRangeException.ThrowIfNegative(_options.QueueLimit, nameof(_options.QueueLimit));
    }

    /// <summary>For people; see <see cref="ThreadExecutorOptions.Name"/>.</summary>
    public string Name => _options.Name;

    /// <summary>How many threads it has at present.</summary>
    public int ThreadCount => Locked(() => _threads);

    /// <summary>How many of its threads are at work.</summary>
    public int BusyThreads => Volatile.Read(ref _busy);

    /// <summary>How much work waits for a thread.</summary>
    public int QueueLength => Locked(() => _queue.Count);

    /// <summary>
    /// How long the oldest work that waits has waited so far; when none waits, how long the last that was started had.
    /// </summary>
    public TimeSpan QueueLatency => Locked(() =>
        _queue.First is { } oldest ? _options.Clock.GetElapsedTime(oldest.Value.QueuedAt) : _queueLatency);

    /// <inheritdoc />
    /// <exception cref="QueueFullException">By the task: as much as may wait waits already.</exception>
    public Task<T> SubmitAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return SubmitAsync(static work => work(), work, cancellationToken);
    }

    /// <inheritdoc />
    /// <exception cref="QueueFullException">By the task: as much as may wait waits already.</exception>
    public Task<T> SubmitAsync<TArg, T>(
        Func<TArg, T> work, TArg argument, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        var job = new ThreadJob<TArg, T>(work, argument);

        // Before it is queued: afterwards a worker might have finished it, and the token would keep it.
        job.CancelWith(Leave, cancellationToken);
        try
        {
            Enqueue(job);
        }
        catch (QueueFullException full)
        {
            job.Refuse();
            return Task.FromException<T>(full);
        }
        catch
        {
            job.Refuse();
            throw;
        }

        return job.Outcome;
    }

    /// <inheritdoc />
    public async Task<bool> ShutdownAsync(TimeSpan limit)
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

        using var tracked = EventLoop.Running?.TrackWork($"the shutdown of {Name}");
        try
        {
            await _allEnded.Task.WaitAsync(limit, _options.Clock);
            return true;
        }
        catch (TimeoutException)
        {
            CancelQueued();
            return false;
        }
    }

    /// <summary>
    /// Shuts down and waits, at most <see cref="ThreadExecutorOptions.ShutdownLimit"/>. Threads that still work then
    /// are left alone; they do not keep the process alive.
    /// </summary>
    public async ValueTask DisposeAsync() => await ShutdownAsync(_options.ShutdownLimit);

    private void Enqueue(ThreadJob job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isShutDown, this);
            if (job.IsTaken)
            {
                return;
            }

            // What threads that are free, or not started yet, are about to take does not really wait.
            var busy = BusyThreads;
            if (_queue.Count - (_options.MaxThreads - busy) >= _options.QueueLimit)
            {
                throw new QueueFullException(Name, _options.QueueLimit);
            }

            job.QueuedAt = _options.Clock.GetTimestamp();
            _queue.AddLast(job.Node);
            if (_queue.Count > _threads - busy && _threads < _options.MaxThreads)
            {
                // Its own context: a thread belongs to no submitter.
                new Thread(Work) { IsBackground = true, Name = $"{Name}-{++_threads}" }.UnsafeStart();
            }
            else
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    private void Work()
    {
        while (Dequeue() is { } job)
        {
            if (LoopMetrics.MeasuresQueueing)
            {
                LoopMetrics.Dequeued(Name, _options.Clock.GetElapsedTime(job.QueuedAt));
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
        lock (_gate)
        {
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

    private void Leave(ThreadJob job)
    {
        lock (_gate)
        {
            if (job.Node.List is not null)
            {
                _queue.Remove(job.Node);
            }
        }
    }

    private void CancelQueued()
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

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}
