namespace Rondo.Runtime.Diagnostics;

/// <summary>Finds work that will never end: what the collector finds unfinished, and what a closed loop
/// leaves.</summary>
internal sealed class NeverAwaitedDetector
{
    private readonly EventLoop _loop;
    private bool _isReleased;

    public NeverAwaitedDetector(EventLoop loop)
    {
        _loop = loop;
        IncompleteMethodListener.Use();
    }

    /// <summary>The loop is closed: its tasks will not be continued.</summary>
    /// <param name="tasks">Those that have not ended.</param>
    /// <returns>Whether there are async methods that only the collector can tell to be dropped.</returns>
    public bool End(IEnumerable<LoopTask> tasks)
    {
        foreach (var task in tasks)
        {
            _loop.Report(new NeverAwaited(_loop, $"task {task.Name}", task.CreationSite?.ToString()));
        }

        return IncompleteMethodListener.HasUnfinished(_loop);
    }

    public void Release()
    {
        if (!_isReleased)
        {
            _isReleased = true;
            IncompleteMethodListener.Release();
        }
    }
}
