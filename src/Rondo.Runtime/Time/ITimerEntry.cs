namespace Rondo.Runtime.Time;

/// <summary>
/// What waits in a <see cref="TimerQueue{T}"/>: it remembers its place, so that leaving takes no search.
/// </summary>
internal interface ITimerEntry
{
    /// <summary>The place in the queue, kept by the queue; -1 outside.</summary>
    int Place { get; set; }
}
