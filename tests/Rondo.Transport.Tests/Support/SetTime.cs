namespace Rondo.Transport.Tests.Support;

/// <summary>A clock that goes on when it is told to, and then calls the timers that are due.</summary>
internal sealed class SetTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<OneShot> _timers = [];
    private long _now = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        using var scope = _gate.EnterScope();
        var timer = new OneShot(this, () => callback(state), _now + dueTime.Ticks);
        _timers.Add(timer);
        return timer;
    }

    public void Pass(TimeSpan time)
    {
        List<OneShot> due;
        using (_gate.EnterScope())
        {
            Volatile.Write(ref _now, _now + time.Ticks);
            due = _timers.FindAll(t => t.Due <= _now);
            _timers.RemoveAll(due.Contains);
        }

        due.ForEach(t => t.Call());
    }

    private sealed class OneShot(SetTime time, Action call, long due) : ITimer
    {
        public long Due => due;

        public void Call() => call();

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose()
        {
            using var scope = time._gate.EnterScope();
            time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
