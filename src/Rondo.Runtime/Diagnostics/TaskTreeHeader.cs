namespace Rondo.Runtime.Diagnostics;

/// <summary>What a snapshot is of.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="IsComplete">Whether work outside the loops and creation sites were recorded, too.</param>
/// <param name="IsLimited">Whether the platform's insides were unknown, so that only the loops' tasks are seen.</param>
/// <param name="Loops">The event loops.</param>
internal sealed record TaskTreeHeader(int ProcessId, bool IsComplete, bool IsLimited, IReadOnlyList<TaskTreeLoop> Loops)
{
    public static TaskTreeHeader OfThisProcess(IEnumerable<EventLoop> loops)
    {
        var seen = loops.OrderBy(l => l.Number)
            .Select(l => new TaskTreeLoop(l.Number, l.OwnerThread, l.Debug, l.Name))
            .ToList();
        return new TaskTreeHeader(
            Environment.ProcessId, seen.Exists(l => l.IsDebugged), !TaskInspector.IsAvailable, seen);
    }
}

/// <summary>An event loop in a snapshot.</summary>
/// <param name="Number">Among those of its process, from 1.</param>
/// <param name="Thread">The managed id of its thread.</param>
/// <param name="IsDebugged">Whether its debug mode is on.</param>
/// <param name="Name">For people.</param>
internal sealed record TaskTreeLoop(int Number, int Thread, bool IsDebugged, string Name);
