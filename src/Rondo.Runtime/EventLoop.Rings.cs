namespace Rondo.Runtime;

/// <content>
/// Tasks that wait for each other in a ring. A cancellation goes from who waits to what is awaited, comes back to where
/// it began, and there everybody still waits for the next to end. So one of these awaits is ended instead.
/// </content>
public sealed partial class EventLoop
{
    private readonly HashSet<BreakableAwait> _cancelledAwaits = [];
    private bool _mayHaveRing;

    /// <summary>
    /// Finds tasks, methods and promises that wait for each other. The room that looks sets it; the loop does not know
    /// that room.
    /// </summary>
    internal static Func<EventLoop, IEnumerable<IReadOnlyCollection<object>>>? RingFinder { get; set; }

    /// <summary>The scope around an await was cancelled; what is awaited may take its time to end.</summary>
    /// <param name="cancelled">The await.</param>
    /// <param name="cameBack">
    /// Whether what is awaited was cancelled before: that happens often, but always where a ring is cancelled.
    /// </param>
    internal void Track(BreakableAwait cancelled, bool cameBack)
    {
        _cancelledAwaits.Add(cancelled);
        _mayHaveRing |= cameBack;
    }

    /// <summary>The await is over.</summary>
    internal void Untrack(BreakableAwait ended) => _cancelledAwaits.Remove(ended);

    /// <summary>Called when nothing is ready: what could end by itself has had the time to.</summary>
    private void BreakRings()
    {
        _mayHaveRing = false;
        if (_cancelledAwaits.Count == 0)
        {
            return;
        }

        foreach (var ring in FindRings())
        {
            if (_cancelledAwaits.FirstOrDefault(a => a.IsIn(ring)) is { } found)
            {
                CallSoon(found.Break);

                // It may do with an exception what it likes, and there may be more than one ring.
                _mayHaveRing = true;
            }
        }
    }

    // It reads the platform's internals, and a fault there must not end the loop.
    private List<IReadOnlyCollection<object>> FindRings()
    {
        try
        {
            return [.. RingFinder?.Invoke(this) ?? []];
        }
        catch (Exception error)
        {
            Report("the search for rings of awaits", error);
            return [];
        }
    }
}
