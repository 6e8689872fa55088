namespace Rondo.Services.Streams.Postgres;

/// <summary>
/// A lease from taking to losing it, as its holder counts. It counts by its own clock, which nobody sets, from before
/// the renewal was sent; so it ends before the database lets another one have it. Once over, it stays so.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
#pragma warning disable CA1001 // Both are done with when it is over; without a timer the source holds nothing.
internal sealed class HeldLease
#pragma warning restore CA1001
{
    private const string NotRenewed = "its lease could not be renewed in time.";

    private readonly CancellationTokenSource _lost = new();
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _term;
    private readonly ITimer _timer;
    private long _renewed;
    private bool _isOver;

    /// <param name="token">What it was given.</param>
    /// <param name="taken">The timestamp from before it was asked for.</param>
    /// <param name="term">How long it goes on without a renewal.</param>
    /// <param name="time">The clock whose timestamps count.</param>
    public HeldLease(long token, long taken, TimeSpan term, TimeProvider time)
    {
        (Token, _renewed, _term, _time) = (token, taken, term, time);
        Lost = _lost.Token;
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        SetTimer();
    }

    public long Token { get; }

    /// <summary>Cancelled when it is over; what is registered runs on the thread pool.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Asks the clock, so it is right also before the timer has fired, as after a pause.</summary>
    public bool IsHeld => !Volatile.Read(ref _isOver) && Left > TimeSpan.Zero;

    /// <summary>Why it is over; null while it is not, and when it was given back.</summary>
    public string? Reason { get; private set; }

    private TimeSpan Left => _term - _time.GetElapsedTime(Interlocked.Read(ref _renewed));

    /// <summary>It was renewed by what was sent at this timestamp; too late if it is over by now.</summary>
    public void Renew(long sent)
    {
        using (_gate.EnterScope())
        {
            if (IsHeld)
            {
                Interlocked.Exchange(ref _renewed, sent);
                SetTimer();
                return;
            }
        }

        End(NotRenewed);
    }

    /// <summary>Ends it now, unless it is over.</summary>
    public void End(string? reason)
    {
        using (_gate.EnterScope())
        {
            if (_isOver)
            {
                return;
            }

            Reason = reason;
            Volatile.Write(ref _isOver, true);
        }

        _timer.Dispose();
        _ = _lost.CancelAsync();
    }

    private void OnTimer()
    {
        using (_gate.EnterScope())
        {
            if (!_isOver && Left > TimeSpan.Zero)
            {
                // It was renewed meanwhile, or the timer is not as fine as the clock.
                SetTimer();
                return;
            }
        }

        End(NotRenewed);
    }

    private void SetTimer() => _timer.Change(
        TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(Left.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
}
