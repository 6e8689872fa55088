using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Knows the unfinished tasks of async methods for as long as any loop is in debug mode. The platform's list would keep
/// what has been dropped alive, so that nobody could find it: each turn takes from it what is new, and this one is weak.
/// Whatever may still go on is held by what will continue it.
/// </summary>
/// <threadsafety>Any thread.</threadsafety>
internal static class TaskTracking
{
    private static readonly Lock s_gate = new();
    private static readonly ConditionalWeakTable<Task, string> s_tasks = [];
    private static int s_count;
    private static volatile bool s_hasSwitchedOn;

    /// <summary>A loop in debug mode begins to run.</summary>
    public static void Start()
    {
        using var scope = s_gate.EnterScope();

        // A debugger may have switched it on before us; then neither the switch nor the list is ours.
        if (s_count++ == 0 && TaskInspector.IsAvailable && !TaskInternals.IsListing)
        {
            TaskInternals.IsListing = true;
            s_hasSwitchedOn = true;
        }
    }

    /// <summary>Takes one <see cref="Start"/> back.</summary>
    public static void Stop()
    {
        using var scope = s_gate.EnterScope();
        if (--s_count == 0 && s_hasSwitchedOn)
        {
            s_hasSwitchedOn = false;
            TaskInternals.IsListing = false;

            // Nothing would take them off any more.
            TaskInternals.TakeListed();
            s_tasks.Clear();
        }
    }

    /// <summary>Lets go of what the platform has listed since.</summary>
    public static void Update()
    {
        if (!s_hasSwitchedOn || !TaskInternals.HasListed)
        {
            return;
        }

        using var scope = s_gate.EnterScope();
        if (s_hasSwitchedOn)
        {
            foreach (var task in TaskInternals.TakeListed())
            {
                s_tasks.AddOrUpdate(task, "");
            }
        }
    }

    /// <summary>The unfinished tasks of async methods; none while no loop is in debug mode.</summary>
    public static List<Task> Unfinished()
    {
        Update();
        return [.. s_tasks.Select(t => t.Key).Where(t => !t.IsCompleted), .. TaskInternals.Listed()];
    }
}
