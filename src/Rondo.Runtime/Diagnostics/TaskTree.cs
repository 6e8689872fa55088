namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Who waits for whom, at one moment: the tasks of this process's event loops, the async methods they are in with file
/// and line, and what is at the end of each chain (asyncio: <c>capture_call_graph</c>, <c>pstree</c>).
/// </summary>
/// <remarks>
/// In debug mode it also shows where each task was created, and work that no task of a loop waits for. It reads what
/// .NET 10 keeps inside <see cref="Task"/>; where that differs, it shows the loops' tasks alone.
/// </remarks>
/// <threadsafety>Immutable once captured. <see cref="Capture()"/> may be called from any thread.</threadsafety>
public sealed class TaskTree
{
    private TaskTree(TaskTreeHeader header, IReadOnlyList<TaskNode> nodes)
    {
        Header = header;
        Nodes = nodes;
    }

    internal TaskTreeHeader Header { get; }

    internal IReadOnlyList<TaskNode> Nodes { get; }

    /// <summary>
    /// Looks at every event loop that runs in this process, and in debug mode at every other async method.
    /// </summary>
    /// <remarks>
    /// From any thread. Nothing is stopped meanwhile: what changes while it is looked at may be seen half before and
    /// half after. The first one reads the program's symbols.
    /// </remarks>
    public static TaskTree Capture()
    {
        var loops = EventLoop.AllRunning;
        var graph = TaskGraph<object>.Of(new TaskInspector([.. loops]));
        return new TaskTree(TaskTreeHeader.OfThisProcess(loops), graph.Nodes());
    }

    /// <summary>Looks at one event loop: its tasks and what they wait for.</summary>
    /// <param name="loop">Running or not.</param>
    /// <remarks><inheritdoc cref="Capture()"/></remarks>
    public static TaskTree Capture(EventLoop loop)
    {
        ArgumentNullException.ThrowIfNull(loop);
        var graph = TaskGraph<object>.Of(new TaskInspector([loop]));
        return new TaskTree(TaskTreeHeader.OfThisProcess([loop]), graph.Nodes(graph.Below(loop.Number).Contains));
    }

    /// <summary>Writes the tree as text.</summary>
    /// <param name="output">Default standard error.</param>
    public void Print(TextWriter? output = null)
    {
#pragma warning disable RS0030 // Where a program under examination prints is its author's to say; this is the default.
        (output ?? Console.Error).Write(ToString());
#pragma warning restore RS0030
    }

    /// <summary>The tree as text, one line for each task, method and operation.</summary>
    public override string ToString() => new TaskTreeText(this).Write();

    /// <summary>As <see cref="ToString"/>, without what differs between two runs that do the same.</summary>
    internal string ToRepeatableString() => new TaskTreeText(this).Write(namesLoops: false).TrimEnd();

    /// <summary>Puts together what was seen elsewhere.</summary>
    internal static TaskTree From(TaskTreeHeader header, IReadOnlyList<TaskNode> nodes) => new(header, nodes);
}
