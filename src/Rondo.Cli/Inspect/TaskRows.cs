using Rondo.Runtime.Diagnostics;

namespace Rondo.Cli.Inspect;

/// <summary>The tasks of a tree as a list: of each, where it is and what it waits for in the end.</summary>
internal static class TaskRows
{
    /// <summary>The tasks of the loops, then the outermost methods of the work outside.</summary>
    public static IReadOnlyList<TaskRow> Of(TaskTree tree)
    {
        // A thread that blocks until its program has ended is no work around it.
        var awaited = tree.Nodes.Where(n => n.Kind != TaskNodeKind.Thread).SelectMany(n => n.Awaits).ToHashSet();
        return
        [
            .. tree.Nodes
                .Where(n => n.Kind == TaskNodeKind.Task || (n.Kind == TaskNodeKind.Method && !awaited.Contains(n.Id)))
                .OrderBy(n => n.Loop ?? int.MaxValue)
                .Select(n => Describe(tree, n)),
        ];
    }

    private static TaskRow Describe(TaskTree tree, TaskNode task)
    {
        var last = task;
        SourceLine? at = task.At;
        var seen = new HashSet<int> { task.Id };
        while (last.Awaits is [var only] && seen.Add(only))
        {
            last = tree.Nodes[only];
            if (last.Kind == TaskNodeKind.Task)
            {
                break;
            }

            at = last.At ?? at;
        }

        var state = task.State.Length > 0 ? task.State : last.State.Length > 0 ? last.State : "waiting";
        var end = ReferenceEquals(last, task) || last.Kind == TaskNodeKind.Method ? ""
            : last.Kind == TaskNodeKind.Task ? $"task {last.Name}" : last.Name;
        return new TaskRow(task.Name, task.Loop, state, at?.ToString(), last.Awaits.Count > 1
            ? $"{end} {last.Awaits.Count} things".Trim()
            : end);
    }
}
