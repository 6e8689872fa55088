namespace Rondo.Transport.Sockets;

/// <summary>A thread of <see cref="SpareThreads"/>, which waits for its next job where it ended the last.</summary>
internal sealed class SpareThread
{
    private readonly SpareThreads _owner;
    private readonly object _bell = new();
    private SpareJob _job;
    private bool _isGiven;

    public SpareThread(SpareThreads owner, string name)
    {
        _owner = owner;
        new Thread(Run) { Name = name, IsBackground = true }.UnsafeStart();
    }

    /// <summary>Whether it has not asked for a job yet.</summary>
    public bool IsNew { get; set; } = true;

    /// <summary>Wakes it with a job; one without a callback ends it.</summary>
    public void Give(SpareJob job)
    {
        lock (_bell)
        {
            _job = job;
            _isGiven = true;
            Monitor.Pulse(_bell);
        }
    }

    /// <summary>Waits for <see cref="Give"/>.</summary>
    /// <returns>Whether it came in time.</returns>
    public bool Wait(TimeSpan limit, out SpareJob job)
    {
        lock (_bell)
        {
            if (!_isGiven)
            {
                Monitor.Wait(_bell, limit);
            }

            // Whatever the wait says: a job may have come between the limit and our turn at the lock.
            var isGiven = _isGiven;
            job = isGiven ? _job : default;
            _isGiven = false;
            return isGiven;
        }
    }

    private void Run()
    {
        while (_owner.Next(this) is { Callback: { } callback } job)
        {
            callback(job.State);
        }
    }
}

/// <summary>What a spare thread does once.</summary>
internal readonly record struct SpareJob(Action<object?>? Callback, object? State);
