namespace Rondo.Runtime.Diagnostics;

/// <summary>Who goes on when something ends: the way up, from what is awaited to who awaits it.</summary>
/// <threadsafety>Any thread.</threadsafety>
internal static class Continuations
{
    /// <summary>The tasks, state machines and blocked threads that wait for a task.</summary>
    public static IEnumerable<object> Of(Task task) => Waiters(TaskInternals.ContinuationOf(task));

    /// <summary>As for a task: of a value task source that keeps its continuation as the platform's own do.</summary>
    public static IEnumerable<object> OfSource(object source) =>
        FieldsOf.Core(source) is { } core ? Waiters(FieldsOf.Named(core, "_continuationState")) : [];

    /// <summary>The task or state machine that an action continues; null when it is something else.</summary>
    public static object? TargetOf(Action action) => action.Target switch
    {
        Task task => task,
        { } box when StateMachineShape.MachineOf(box) is not null => box,
        { } wrapper when FieldsOf.Named(wrapper, "_continuation") is Action inner => TargetOf(inner),
        _ => null,
    };

    /// <summary>
    /// What a continuation would bring back to: the context or scheduler that it captured, or null for whatever thread
    /// ends the task.
    /// </summary>
    public static object? ContextOf(object continuation) =>
        FieldsOf.Named(continuation, "m_syncContext") ?? FieldsOf.Named(continuation, "m_scheduler");

    /// <inheritdoc cref="ContextOf"/>
    public static object? ContextOfSource(object source) =>
        FieldsOf.Core(source) is { } core && FieldsOf.Named(core, "_capturedContext") is { } context
            ? FieldsOf.Named(context, "_scheduler") ?? context
            : null;

    /// <summary>The continuations of a task, one by one, as the platform keeps them.</summary>
    public static object[] Raw(Task task) => Split(TaskInternals.ContinuationOf(task));

    /// <summary>Who a single continuation continues; null when that is not known.</summary>
    public static object? WaiterOf(object continuation) => continuation switch
    {
        Task task => task,
        Action action => TargetOf(action),
        ManualResetEventSlim blocked => blocked,
        _ when StateMachineShape.MachineOf(continuation) is not null => continuation,
        _ when FieldsOf.IsValueTaskSource(continuation) => continuation,
        _ when FieldsOf.Named(continuation, "m_action") is Action action => TargetOf(action),
        _ => FieldsOf.Named(continuation, "m_task") as Task,
    };

    private static IEnumerable<object> Waiters(object? continuations) =>
        Split(continuations).Select(WaiterOf).OfType<object>();

    private static object[] Split(object? continuations)
    {
        switch (continuations)
        {
            case null:
                return [];
            case List<object?> several:
                // The platform, too, changes the list under its own lock.
                lock (several)
                {
                    return [.. several.OfType<object>()];
                }

            default:
                return [continuations];
        }
    }
}
