using System.Collections.Concurrent;

namespace Rondo.Runtime;

/// <content>What others may look at while the loop runs, from any thread.</content>
public sealed partial class EventLoop
{
    private const int MostAttempts = 10;

    private static readonly ConcurrentDictionary<EventLoop, bool> s_running = new();
    private static int s_count;

    /// <summary>The loops of this process that run at present.</summary>
    internal static ICollection<EventLoop> AllRunning => s_running.Keys;

    /// <summary>Told each time that a loop begins to run, on its thread. The room that looks sets it.</summary>
    internal static Action<EventLoop>? RunBegun { get; set; }

    /// <summary>Tells the loops of a process apart, from 1.</summary>
    internal int Number { get; } = Interlocked.Increment(ref s_count);

    /// <summary>The managed id of the thread that owns the loop.</summary>
    internal int OwnerThread => _owner;

    /// <summary>
    /// The tasks that have not ended, from any thread and while the loop changes them: one that comes or goes meanwhile
    /// may be missing.
    /// </summary>
    internal IReadOnlyList<LoopTask> PeekTasks() => Peek(() =>
    {
        var tasks = new LoopTask?[_tasks.Count];
        _tasks.CopyTo(tasks!, 0, tasks.Length);
        return tasks;
    });

    /// <summary>As <see cref="PeekTasks"/>: what is to be called at a deadline.</summary>
    internal IReadOnlyList<TimerHandle> PeekTimers() => Peek(_timers.Peek);

    /// <summary>Whether the loop has still to call a continuation of this kind. Loop thread only.</summary>
    internal bool HasQueued(Predicate<Action> isWanted)
    {
        return _ready.Any(IsWanted) || _posted.Any(IsWanted);

        bool IsWanted(WorkItem item) => (item.State ?? item.Callback) is Action action && isWanted(action);
    }

    private static IReadOnlyList<T> Peek<T>(Func<T?[]> copy)
        where T : class
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            try
            {
                return [.. copy().OfType<T>()];
            }
            catch (Exception error) when (error is ArgumentException or IndexOutOfRangeException
                or NullReferenceException or InvalidOperationException)
            {
                // The loop has changed its collection under our eyes, which no lock keeps it from.
            }
        }

        return [];
    }
}
