using Rondo.Services.Hosting;

namespace Rondo.Services.Registry;

/// <summary>
/// How long an instance counts, on the monotonic clock: never stored, so that a restart gives everybody one more term.
/// </summary>
/// <threadsafety>
/// The registry's loop writes; any thread reads <see cref="Deadline"/> and <see cref="IsOver"/>.
/// </threadsafety>
internal sealed class InstanceLease(TimeProvider time)
{
    // Signs of life may come faster than anybody needs, but not without end.
    private const double BeatsPerSecond = 20;
    private const int BeatsAtOnce = 40;

    private readonly TokenBucket _beats = new(time);
    private long _deadline;
    private volatile bool _isOver;

    /// <summary>When it is over unless there is a sign of life; a timestamp of the clock.</summary>
    public long Deadline
    {
        get => Volatile.Read(ref _deadline);
        private set => Volatile.Write(ref _deadline, value);
    }

    /// <summary>When what follows is due: the end of draining, or the removal of what has expired.</summary>
    public long NextEnd { get; private set; }

    /// <summary>Whether it was found to be over.</summary>
    public bool IsOver => _isOver;

    public void Renew(TimeSpan ttl) => (Deadline, _isOver) = (time.GetTimestamp() + Ticks(ttl), false);

    public void End() => _isOver = true;

    public void SetNextEnd(TimeSpan after) => NextEnd = time.GetTimestamp() + Ticks(after);

    /// <summary>Takes a sign of life on; else tells how long to wait.</summary>
    public TimeSpan? TakeBeat() => _beats.TryTake(BeatsPerSecond, BeatsAtOnce);

    public TimeSpan Left()
    {
        var now = time.GetTimestamp();
        return _isOver || now >= Deadline ? TimeSpan.Zero : time.GetElapsedTime(now, Deadline);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
