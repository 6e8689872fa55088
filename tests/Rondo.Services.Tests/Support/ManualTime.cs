namespace Rondo.Services.Tests.Support;

/// <summary>
/// A clock that stands still until a test moves it; due timers then fire, in order, on the test's thread.
/// </summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = start;

    /// <summary>The moments for which timers are set, soonest first.</summary>
    public IReadOnlyList<DateTimeOffset> Due
    {
        get
        {
            using var scope = _gate.EnterScope();
            return [.. _timers.Where(t => t.Due is not null).Select(t => t.Due!.Value).Order()];
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        using var scope = _gate.EnterScope();
        return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(TimeSpan by) => AdvanceTo(GetUtcNow() + by);

    public void AdvanceTo(DateTimeOffset target)
    {
        while (Next(target) is { } timer)
        {
            timer.Fire();
        }
    }

    private ManualTimer? Next(DateTimeOffset target)
    {
        using var scope = _gate.EnterScope();
        var next = _timers.Where(t => t.Due <= target).MinBy(t => t.Due);
        _now = next?.Due > _now ? next.Due.Value : next is null && target > _now ? target : _now;
        return next;
    }

    private sealed class ManualTimer(ManualTime time, Action callback) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            using var scope = time._gate.EnterScope();
            _period = period;
            Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
            time._timers.Remove(this);
            time._timers.Add(this);
            return true;
        }

        public void Fire()
        {
            using (time._gate.EnterScope())
            {
                Due = _period > TimeSpan.Zero ? Due + _period : null;
            }

            callback();
        }

        public void Dispose()
        {
            using var scope = time._gate.EnterScope();
            time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
