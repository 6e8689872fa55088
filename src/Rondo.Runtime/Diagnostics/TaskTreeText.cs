using System.Globalization;
using System.Text;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Writes a tree for people. What a task runs stands below it as a stack, outermost method first; only where several
/// things are awaited at once, or another task, a branch begins.
/// </summary>
internal sealed class TaskTreeText(TaskTree tree)
{
    private const int Deepest = 60;

    private readonly StringBuilder _text = new();
    private readonly HashSet<int> _shown = [];
    private readonly HashSet<int> _open = [];

    /// <param name="namesLoops">Whether each loop has a line of its own; its number differs from run to run.</param>
    public string Write(bool namesLoops = true)
    {
        var roots = Roots();
        foreach (var loop in tree.Header.Loops)
        {
            if (namesLoops)
            {
                var count = tree.Nodes.Count(n => n.Kind == TaskNodeKind.Task && n.Loop == loop.Number);
                Line("", string.Create(
                    CultureInfo.InvariantCulture,
                    $"event loop {loop.Name} on thread {loop.Thread}: {count} task{(count == 1 ? "" : "s")}"));
            }

            Branches("", [.. roots.Where(n => n.Loop == loop.Number)]);
        }

        var others = roots.Where(n => !tree.Header.Loops.Any(l => l.Number == n.Loop)).ToList();
        if (others.Count > 0)
        {
            Line("", "outside the loops");
            Branches("", others);
        }

        Footer();
        return _text.ToString();
    }

    // What nobody waits for; and of a ring, where everybody is waited for, its first task.
    private List<TaskNode> Roots()
    {
        var awaited = tree.Nodes.SelectMany(n => n.Awaits).ToHashSet();
        var roots = new List<TaskNode>();
        var reached = new HashSet<int>();
        var candidates = tree.Nodes.Where(n => !awaited.Contains(n.Id))
            .Concat(tree.Nodes.OrderBy(n => n.Kind == TaskNodeKind.Task ? 0 : 1));
        foreach (var candidate in candidates)
        {
            if (!reached.Contains(candidate.Id))
            {
                roots.Add(candidate);
                Reach(candidate.Id);
            }
        }

        return roots;

        void Reach(int start)
        {
            var left = new Stack<int>([start]);
            while (left.TryPop(out var id))
            {
                if (reached.Add(id))
                {
                    foreach (var next in tree.Nodes[id].Awaits)
                    {
                        left.Push(next);
                    }
                }
            }
        }
    }

    private static string Describe(TaskNode node)
    {
        var text = new StringBuilder(node.Kind == TaskNodeKind.Task ? $"task {node.Name}" : node.Name);
        if (node.At is { } at)
        {
            text.Append(CultureInfo.InvariantCulture, $" at {at}");
        }

        if (node.State.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" ({node.State})");
        }

        if (node.CreatedAt is { } created)
        {
            text.Append(CultureInfo.InvariantCulture, $", created at {created}");
        }

        return text.ToString();
    }

    private void Branches(string indent, List<TaskNode> nodes)
    {
        for (var i = 0; i < nodes.Count; i++)
        {
            var isLast = i == nodes.Count - 1;
            Branch(indent + (isLast ? "└─ " : "├─ "), indent + (isLast ? "   " : "│  "), nodes[i]);
        }
    }

    private void Branch(string first, string indent, TaskNode node)
    {
        var opened = new List<int>();
        for (var prefix = first; ; prefix = indent)
        {
            if (!_shown.Add(node.Id))
            {
                var where = _open.Contains(node.Id) ? ", which waits for this: a ring" : ", see above";
                Line(prefix, Describe(node) + where);
                break;
            }

            Line(prefix, Describe(node));
            _open.Add(node.Id);
            opened.Add(node.Id);
            var awaited = node.Awaits.Select(id => tree.Nodes[id]).ToList();
            if (awaited is [{ Kind: not TaskNodeKind.Task } only])
            {
                node = only;
                continue;
            }

            if (indent.Length > 3 * Deepest && awaited.Count > 0)
            {
                Line(indent, "... and deeper");
            }
            else
            {
                Branches(indent, awaited);
            }

            break;
        }

        _open.ExceptWith(opened);
    }

    private void Footer()
    {
        if (tree.Header.IsLimited)
        {
            Line("", "This platform's tasks cannot be followed: only what the loops know is shown.");
        }
        else if (!tree.Header.IsComplete)
        {
            Line("", "For creation sites and work outside the loops, start the process with RONDO_DEBUG=1.");
        }
    }

    private void Line(string indent, string text) => _text.Append(indent).Append(text).Append('\n');
}
