using System.Collections;

namespace Rondo.Runtime.Diagnostics;

/// <summary>Looks at tasks that are no async methods.</summary>
internal static class PromiseSight
{
    public static TaskSight<object> Of(Task task)
    {
        if (task.AsyncState is IPromiseOwner owner)
        {
            return Of(owner);
        }

        var shape = PromiseShape.Of(task.GetType().FullName ?? "");
        var sight = new TaskSight<object>(TaskNodeKind.Operation, shape.Name)
        {
            Awaits = [.. shape.Fields.SelectMany(f => Held(task, f))],
            MayEndEarlier = shape.MayEndEarlier,
            IsHidden = shape.IsHidden,
        };
        return TaskInternals.ActionOf(task) is { } action && sight.Awaits.Count == 0
                ? sight with
                {
                    Name = $"{Place(task)}: {NameOf(action)}",
                    State = task.Status == TaskStatus.Running ? "running" : "queued",
                }
            : !shape.IsHidden
                && FieldsOf.Named(task, "_timer") is LoopTimeProvider.LoopTimer { Handle: { } handle }
                ? sight with { Name = handle.DueText }
            : task.AsyncState is string text ? sight with { Name = $"{sight.Name} ({text})" }
            : sight;
    }

    public static TaskSight<object> Of(IPromiseOwner owner) => new(TaskNodeKind.Operation, owner.Title)
    {
        Awaits = [.. owner.Awaited],
        MayEndEarlier = !owner.NeedsAll,
        IsHidden = owner.Title.Length == 0,
    };

    /// <summary>What ends with a timer; null when that is no task.</summary>
    public static Task? OfTimer(TimerHandle timer) => timer.Item.State switch
    {
        DelayPromise delay => delay.Task,
        LoopTimeProvider.LoopTimer { State: Task delay } => delay,
        _ => null,
    };

    // Nulls are those that have ended already.
    private static IEnumerable<object> Held(object promise, string field) => FieldsOf.Named(promise, field) switch
    {
        null => [],
        IList list => list.OfType<object>(),
        { } one => [one],
    };

    private static string Place(Task task) =>
        TaskInternals.SchedulerOf(task) is LoopTaskScheduler ? "work on the loop" : "work on the thread pool";

    private static string NameOf(Delegate action) =>
        MethodName.Of(action.Method);
}
