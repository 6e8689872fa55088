using System.Threading.Tasks.Sources;

namespace Rondo.Runtime;

/// <summary>
/// The loop's time for everything that takes a <see cref="TimeProvider"/>; timers call back on the loop.
/// </summary>
internal sealed class LoopTimeProvider(EventLoop loop, TimeProvider clock) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new LoopTimer(loop, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Any thread may change or dispose it; the queue of timers is touched on the loop's thread alone.
    /// </summary>
    internal sealed class LoopTimer(EventLoop loop, TimerCallback callback, object? state) : ITimer
    {
        private readonly Lock _gate = new();
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private TimerHandle? _handle;
        private TimeSpan _period;
        private long _version;
        private bool _isDisposed;

        public EventLoop Loop => loop;

        public TimerCallback Callback => callback;

        /// <summary>What the callback is handed: the promise that ends with this timer, for one.</summary>
        public object? State => state;

        /// <summary>Its place among the loop's timers; null before the first.</summary>
        public TimerHandle? Handle => _handle;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            long version;
            using (_gate.EnterScope())
            {
                if (_isDisposed)
                {
                    return false;
                }

                _period = period;
                version = ++_version;
            }

            if (ReferenceEquals(EventLoop.Running, loop))
            {
                Apply(version, dueTime);
            }
            else
            {
                ApplyThere(version, dueTime);
            }

            return true;
        }

        public void Dispose()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            using var scope = _gate.EnterScope();
            _isDisposed = true;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        // On its own, so that a change on the loop's thread allocates nothing for it.
        private void ApplyThere(long version, TimeSpan dueTime) =>
            loop.Dispatch((Action)(() => Apply(version, dueTime)), null);

        private void Apply(long version, TimeSpan dueTime)
        {
            using (_gate.EnterScope())
            {
                // A later change has overtaken this one.
                if (version != _version)
                {
                    return;
                }
            }

            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                _handle?.Cancel();
            }
            else if (_handle is null)
            {
                _handle = loop.CallLater(dueTime, static self => ((LoopTimer)self!).Fire(), this);
            }
            else
            {
                _handle.Reschedule(dueTime);
            }
        }

        private void Fire()
        {
            TimeSpan period;
            using (_gate.EnterScope())
            {
                period = _period;
            }

            if (period > TimeSpan.Zero)
            {
                _handle!.Reschedule(period);
            }

            if (state is Task or IValueTaskSource<bool>)
            {
                // A timer that only completes something, as that of Task.Delay. Under the loop's own context, what
                // awaits it with ConfigureAwait(false) would go on in the thread pool; without one it goes on here,
                // and what awaits it with a context is posted to that. The loop sets its own again.
                SynchronizationContext.SetSynchronizationContext(null);
            }

            if (_context is null)
            {
                callback(state);
            }
            else
            {
                ExecutionContext.Run(_context, static timer => ((LoopTimer)timer!).Call(), this);
            }
        }

        private void Call() => callback(state);
    }
}
