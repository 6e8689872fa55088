using System.Runtime.CompilerServices;

namespace Rondo.Runtime;

/// <summary>
/// What the platform's <see cref="Task"/> keeps to itself. All that this package knows of another version's insides
/// is here and in <see cref="Diagnostics.StateMachineShape"/>; <see cref="Diagnostics.TaskInspector"/> tries both out
/// before it relies on them.
/// </summary>
internal static class TaskInternals
{
    /// <summary>Who waits for the task: null, one continuation, or a list of them.</summary>
    public static object? ContinuationOf(Task task) => Continuation(task);

    /// <summary>
    /// The delegate that the task runs; null for promises, and for an async method at most its own next step.
    /// </summary>
    public static Delegate? ActionOf(Task task) => Action(task);

    /// <summary>The scheduler the task is bound to, if any.</summary>
    public static TaskScheduler? SchedulerOf(Task task) => Scheduler(task);

    /// <summary>What a thread that waits for the event sleeps on; null before the first one does.</summary>
    public static object? MonitorOf(ManualResetEventSlim waited) => EventMonitor(waited);

    /// <summary>Whether the platform lists any tasks; a guess, made without its lock.</summary>
    public static bool HasListed => ActiveTasks(null) is { Count: > 0 };

    /// <summary>The unfinished tasks of the process that the platform lists; none unless it is tracking.</summary>
    public static Task[] Listed() => Read(forget: false);

    /// <summary>The same, and takes them off the list.</summary>
    public static Task[] TakeListed() => Read(forget: true);

    /// <summary>
    /// The switch of the whole process with which the platform lists the tasks of async methods. That costs each of
    /// them about 400 ns.
    /// </summary>
    public static ref bool IsListing => ref IsListingTasks(null);

    private static Task[] Read(bool forget)
    {
        if (ActiveTasks(null) is not { } tasks)
        {
            return [];
        }

        // The platform, too, changes it under its own lock.
        lock (tasks)
        {
            Task[] listed = [.. tasks.Values];
            if (forget)
            {
                tasks.Clear();
            }

            return listed;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_continuationObject")]
    private static extern ref object? Continuation(Task task);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_action")]
    private static extern ref Delegate? Action(Task task);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_taskScheduler")]
    private static extern ref TaskScheduler? Scheduler(Task task);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_lock")]
    private static extern ref object? EventMonitor(ManualResetEventSlim waited);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "s_asyncDebuggingEnabled")]
    private static extern ref bool IsListingTasks(Task? nobody);

    [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "s_currentActiveTasks")]
    private static extern ref Dictionary<int, Task>? ActiveTasks(Task? nobody);
}
