namespace Rondo.Transport.Sockets;

/// <summary>
/// The threads that run loops, and those that take a loop over when its thread blocks or run a request that is known to
/// block. They are made when they are needed, by one another so that no loop waits for it, and end when idle for long.
/// </summary>
/// <remarks>
/// Application code runs on a loop only below the bound, at most one callback on each; and one thread for each is kept
/// back beyond the bound. So a loop that blocks always finds somebody to take it over.
/// </remarks>
/// <param name="most">Blocking code may hold this many; those that run the loops do not count.</param>
/// <param name="loops">How many loops there are.</param>
internal sealed class SpareThreads(int most, int loops) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_stuck = TimeSpan.FromSeconds(1);

    private readonly WaitingRequests _waiting = new(most, s_stuck, TimeProvider.System);
    private readonly Lock _gate = new();
    private readonly List<SpareThread> _idle = [];
    private readonly Queue<SpareJob> _loops = new();
    private readonly Queue<SpareJob> _requests = new();
    private int _count;
    private int _inUse;
    private int _number;
    private bool _isStarting;
    private bool _isDisposed;

    /// <summary>How many threads there are, those that run the loops included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many application code holds, besides those that run the loops.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Whether only those are left that are kept back for the loops.</summary>
    public bool IsExhausted => InUse >= most;

    /// <summary>
    /// Runs a loop on one of the threads, the first time or because its thread has blocked. Never refuses, never waits
    /// for a thread.
    /// </summary>
    /// <param name="run">Runs the loop; true if it has stopped, false if it was lost again.</param>
    /// <param name="isTakenOver">Whether another thread is still in the loop's application code.</param>
    public void RunLoop(Func<bool> run, bool isTakenOver)
    {
        if (isTakenOver)
        {
            Interlocked.Increment(ref _inUse);
            TransportMetrics.SpareUsed(1);
        }

        Give(new SpareJob(RunLoop, run), _loops, keepBack: 0);
    }

    /// <summary>Runs application code beside the loops.</summary>
    /// <returns>False if there is no thread for it.</returns>
    public bool TryRun(Action<object?> callback, object? state)
    {
        if (Interlocked.Increment(ref _inUse) > most)
        {
            Interlocked.Decrement(ref _inUse);
            return false;
        }

        TransportMetrics.SpareUsed(1);
        Give(new SpareJob(RunRequest, new SpareJob(callback, state)), _requests, keepBack: loops);
        return true;
    }

    /// <summary>
    /// For a request that finds all threads in use: waits for one to come back. As many may wait as there are threads.
    /// </summary>
    /// <returns>False if none has come back for a second.</returns>
    public async Task<bool> WaitForRoomAsync()
    {
        var turn = _waiting.WaitAsync();
        if (!IsExhausted)
        {
            _waiting.Returned();
        }

        return await turn.ConfigureAwait(false) || !IsExhausted;
    }

    /// <summary>Who has waited and taken a thread, or found that it needs none, lets the next one go on.</summary>
    public void PassRoomOn()
    {
        if (!IsExhausted)
        {
            _waiting.CallNext();
        }
    }

    /// <summary>Ends the threads that wait. Those that run something end after it.</summary>
    public void Dispose()
    {
        List<SpareThread> idle;
        using (_gate.EnterScope())
        {
            _isDisposed = true;
            idle = [.. _idle];
            _idle.Clear();
            _count -= idle.Count;
        }

        idle.ForEach(thread => thread.Give(default));
    }

    /// <summary>The thread has nothing to do any more: what it does next, nothing when it is to end.</summary>
    public SpareJob Next(SpareThread thread)
    {
        SpareJob job;
        bool isFound;
        bool startsOne;
        using (_gate.EnterScope())
        {
            if (thread.IsNew)
            {
                thread.IsNew = false;
                _isStarting = false;
            }

            isFound = _loops.TryDequeue(out job) || _requests.TryDequeue(out job);
            startsOne = isFound && WantsMore();
            if (!isFound && _isDisposed)
            {
                _count--;
                return default;
            }

            if (!isFound)
            {
                _idle.Add(thread);
            }
        }

        if (startsOne)
        {
            StartOne();
        }

        while (!isFound && !thread.Wait(s_patience, out job))
        {
            if (Leave(thread))
            {
                return default;
            }
        }

        return job;
    }

    private void Give(SpareJob job, Queue<SpareJob> queue, int keepBack)
    {
        SpareThread? thread = null;
        var startsOne = false;
        using (_gate.EnterScope())
        {
            if (_idle.Count > keepBack)
            {
                thread = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }
            else
            {
                queue.Enqueue(job);
                startsOne = WantsMore();
            }
        }

        thread?.Give(job);
        if (startsOne)
        {
            StartOne();
        }
    }

    // Under the gate. Each new thread starts the next one before it does its work, as long as work waits.
    private bool WantsMore()
    {
        if (_isStarting || _count >= most + (2 * loops) || _loops.Count + _requests.Count == 0)
        {
            return false;
        }

        _count++;
        _isStarting = true;
        return true;
    }

    private void StartOne()
    {
        try
        {
            _ = new SpareThread(this, $"rondo-{Interlocked.Increment(ref _number)}");
        }
        catch (OutOfMemoryException)
        {
            // The system gives no more threads. What waits is for the next one that has finished.
            using (_gate.EnterScope())
            {
                _count--;
                _isStarting = false;
            }
        }
    }

    /// <summary>Ends a thread that has waited in vain, unless it is kept back or has just been given a job.</summary>
    private bool Leave(SpareThread thread)
    {
        using (_gate.EnterScope())
        {
            if (_idle.Count <= loops || !_idle.Remove(thread))
            {
                return false;
            }

            _count--;
            return true;
        }
    }

    private void RunLoop(object? run)
    {
        if (!((Func<bool>)run!)())
        {
            Free();
        }
    }

    private void RunRequest(object? request)
    {
        var (callback, state) = (SpareJob)request!;
        try
        {
            callback!(state);
        }
        finally
        {
            Free();
        }
    }

    private void Free()
    {
        Interlocked.Decrement(ref _inUse);
        TransportMetrics.SpareUsed(-1);
        _waiting.Returned();
    }
}
