using System.Globalization;
using Rondo.Runtime.Time;

namespace Rondo.Runtime;

/// <summary>
/// Stands for one callback that <see cref="EventLoop.CallLater(TimeSpan, Action)"/> or
/// <see cref="EventLoop.CallAt(TimeSpan, Action)"/> has scheduled. It can be scheduled again, which allocates nothing.
/// </summary>
/// <threadsafety>Belongs to the loop's thread.</threadsafety>
public sealed class TimerHandle : ITimerEntry
{
    private readonly EventLoop _loop;

    internal TimerHandle(EventLoop loop, WorkItem item)
    {
        _loop = loop;
        Item = item;
    }

    /// <summary>
    /// The loop time at which the callback is due, or was; <see cref="TimeSpan.MaxValue"/> if it never is.
    /// </summary>
    public TimeSpan When { get; internal set; }

    /// <summary>Whether the callback is still to come.</summary>
    public bool IsScheduled => ((ITimerEntry)this).Place >= 0 || ReadyNumber is not null;

    internal WorkItem Item { get; }

    /// <summary>For people, from any thread: when it is due, seen from now.</summary>
    internal string DueText
    {
        get
        {
            if (When == TimeSpan.MaxValue)
            {
                return "a delay without limit";
            }

            var left = Math.Max(0, (When - _loop.Time).TotalSeconds);
            return string.Create(CultureInfo.InvariantCulture, $"timer, due in {left:0.###} s");
        }
    }

    /// <summary>The number in the ready queue from the deadline until the callback runs.</summary>
    internal long? ReadyNumber { get; set; }

    int ITimerEntry.Place { get; set; } = -1;

    /// <summary>Makes sure that the callback does not run. Idempotent; its memory is given back at once.</summary>
    /// <returns>True for the first call that is in time.</returns>
    /// <exception cref="InvalidOperationException">The caller is not on the loop's thread.</exception>
    public bool Cancel() => _loop.CancelTimer(this);

    /// <summary>Schedules the callback anew, whether or not it has run or been cancelled.</summary>
    /// <param name="delay">
    /// From now; zero or less means the next turn, <see cref="Timeout.InfiniteTimeSpan"/> never.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The deadline lies beyond what a <see cref="TimeSpan"/> holds.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The caller is not on the loop's thread, or the loop is closed.
    /// </exception>
    public void Reschedule(TimeSpan delay) => _loop.RescheduleTimer(this, delay);
}
