namespace Rondo.Runtime.Polling;

/// <summary>
/// What a loop does while it has nothing to do: it waits for the outside world, a deadline, or another thread.
/// </summary>
internal interface IPoller : IDisposable
{
    /// <summary>
    /// Returns when woken, when something outside is ready, or after <paramref name="limit"/>: at once for zero, never
    /// for <see cref="Timeout.InfiniteTimeSpan"/>. Rounds up: it does not return early for a deadline. Loop thread
    /// only.
    /// </summary>
    void Wait(TimeSpan limit);

    /// <summary>Ends the present wait, or the next one if there is none now. Any thread.</summary>
    void Wake();
}
