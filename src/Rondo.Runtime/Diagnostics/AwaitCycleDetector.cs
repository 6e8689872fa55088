using System.Diagnostics;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Looks for rings of awaits a moment after the loop has become idle, on another thread: the loop pays for a
/// comparison, whatever the number of its tasks.
/// </summary>
internal sealed class AwaitCycleDetector : IDisposable
{
    // With very many tasks a look takes long: at most one part in this many of a processor's time goes into it.
    private const int Share = 20;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);

    private readonly EventLoop _loop;
    private readonly Timer _timer;
    private readonly HashSet<object> _reported = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _gate = new();
    private TimeSpan _pause = ShortestPause;
    private volatile bool _isArmed;

    public AwaitCycleDetector(EventLoop loop)
    {
        _loop = loop;
        _timer = new Timer(
            static self => ((AwaitCycleDetector)self!).Check(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>What the callbacks have done may have closed a ring.</summary>
    public void Idle()
    {
        if (!_isArmed)
        {
            _isArmed = true;
            _timer.Change(_pause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Reports each ring that has not been reported yet. Any thread.</summary>
    public void Check()
    {
        // First, so that an idle turn while we look has us look again.
        _isArmed = false;
        using var scope = _gate.EnterScope();
        var start = Stopwatch.GetTimestamp();
        try
        {
            Look();
        }
        catch (Exception error)
        {
            // On a thread of the pool it would end the process.
            LoopError.WriteToStandardError(new LoopError(_loop, "the search for rings of awaits", error));
        }

        var pause = Stopwatch.GetElapsedTime(start) * Share;
        _pause = pause > ShortestPause ? pause : ShortestPause;
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (!TaskInspector.IsAvailable)
        {
            return;
        }

        var graph = TaskGraph<object>.Of(new TaskInspector([_loop]));
        var rings = graph.Rings().ToList();
        if (rings.Count == 0)
        {
            return;
        }

        // The graph knows the rings of other loops, too.
        var ours = graph.Below(_loop.Number);

        // The parts of a ring were seen one after the other. Who awaits a task stays there until it has ended, so what
        // is seen a second time was so all the while in between, for all of them at once.
        var again = TaskGraph<object>.Of(new TaskInspector([_loop]));
        var edges = again.Rings().SelectMany(r => Edges(again, r)).ToHashSet();
        foreach (var ring in rings.Where(r => ours.Contains(r[0]) && Edges(graph, r).All(edges.Contains)))
        {
            if (ring.Aggregate(false, (isNew, id) => _reported.Add(graph.Thing(id)) || isNew))
            {
                _loop.Report(new AwaitCycle(_loop, Describe(graph, ring)));
            }
        }
    }

    private static IEnumerable<(object From, object To)> Edges(TaskGraph<object> graph, IReadOnlyList<int> ring) =>
        ring.Select((id, i) => (graph.Thing(id), graph.Thing(ring[(i + 1) % ring.Count])));

    private static List<string> Describe(TaskGraph<object> graph, IReadOnlyList<int> ring)
    {
        var sights = ring.Select(graph.Sight).Where(s => !s.IsHidden).ToList();
        var first = Math.Max(0, sights.FindIndex(s => s.Kind == TaskNodeKind.Task));
        return [.. sights[first..].Concat(sights[..first]).Select(s => s.ToLine())];
    }
}
