namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// What waits for each other in a ring, seen from the loop's own thread, with or without the debug mode.
/// </summary>
internal static class AwaitRings
{
    /// <summary>Each with its tasks, methods and promises; none where the platform's insides are unknown.</summary>
    public static IEnumerable<IReadOnlyCollection<object>> Of(EventLoop loop)
    {
        if (!TaskInspector.IsAvailable)
        {
            return [];
        }

        var graph = TaskGraph<object>.Of(new TaskInspector([loop]));
        return [.. graph.Rings().Select(r => r.Select(graph.Thing).ToHashSet(ReferenceEqualityComparer.Instance))];
    }
}
