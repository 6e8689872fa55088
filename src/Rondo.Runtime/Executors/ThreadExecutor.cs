namespace Rondo.Runtime.Executors;

/// <summary>
/// A named pool of threads for work that blocks (asyncio: <c>ThreadPoolExecutor</c>). It never has more threads than it
/// was given, however much waits, and refuses what does not fit into its queue. The submitter's
/// <see cref="AsyncLocal{T}"/> values flow into the work, <see cref="CancelScope.Current"/> among them. Work that runs
/// cannot be stopped from outside; it can ask the scope's token.
/// </summary>
/// <remarks>
/// Dispose it. One that is dropped instead is reported as <see cref="Unclosed"/> to the loop that ran where it was
/// made, else to standard error; its threads end when they have done what was queued.
/// </remarks>
/// <threadsafety>Any thread.</threadsafety>
public sealed class ThreadExecutor : IExecutor
{
    private readonly ThreadExecutorOptions _options;
    private readonly WorkerThreads _workers;
    private readonly CloseGuard _guard;

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
        _workers = new WorkerThreads(_options);
        _guard = ExecutorShutdown.Guard(Name, _workers.Close);
    }

    /// <summary>For people; see <see cref="ThreadExecutorOptions.Name"/>.</summary>
    public string Name => _options.Name;

    /// <summary>How many threads it has at present.</summary>
    public int ThreadCount => _workers.Count;

    /// <summary>How many of its threads are at work.</summary>
    public int BusyThreads => _workers.Busy;

    /// <summary>How much work waits for a thread.</summary>
    public int QueueLength => _workers.QueueLength;

    /// <summary>
    /// How long the oldest work that waits has waited so far; when none waits, how long the last that was started had.
    /// </summary>
    public TimeSpan QueueLatency => _workers.QueueLatency;

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
        job.CancelWith(_workers.Leave, cancellationToken);
        try
        {
            _workers.Enqueue(job);
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

        // It has not been dropped while it is being called.
        GC.KeepAlive(this);
        return job.Outcome;
    }

    /// <inheritdoc />
    public Task<bool> ShutdownAsync(TimeSpan limit)
    {
        _guard.Dispose();
        _workers.Close();
        return ExecutorShutdown.AwaitAsync(Name, _workers.AllEnded, limit, _options.Clock, _workers.CancelQueued);
    }

    /// <summary>
    /// Shuts down and waits, at most <see cref="ThreadExecutorOptions.ShutdownLimit"/>. Threads that still work then
    /// are left alone; they do not keep the process alive.
    /// </summary>
    public async ValueTask DisposeAsync() => await ShutdownAsync(_options.ShutdownLimit);
}
