namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Whether a task can end without a loop. Belongs to that loop's thread, which stands still meanwhile: what is found to
/// need it, needs it for good.
/// </summary>
/// <param name="loop">The loop.</param>
internal sealed class LoopDependency(EventLoop loop)
{
    private readonly HashSet<Task> _open = [];
    private readonly Lazy<List<Task>> _known = new(() =>
    [
        .. loop.PeekTasks().Select(t => t.Untyped),
        .. loop.PeekTimers().Select(PromiseSight.OfTimer).OfType<Task>(),
        .. TaskTracking.Unfinished(),
    ]);

    /// <summary>The tasks that can be found without being led to them.</summary>
    public IEnumerable<Task> Known => _known.Value;

    /// <summary>
    /// Whether it is certain that the task cannot end before the loop has run a callback. False also when that cannot
    /// be told.
    /// </summary>
    public bool IsNeededBy(Task task)
    {
        // A task that waits for itself needs the loop no more than anything else does: another detector's matter.
        if (task.IsCompleted || !_open.Add(task))
        {
            return false;
        }

        var isNeeded = StateMachineShape.MachineOf(task) is { } machine
            ? IsNeededByMethod(task, machine)
            : IsNeededByPromise(task);
        _open.Remove(task);
        return isNeeded;
    }

    private bool IsNeededByMethod(object box, object machine)
    {
        if (!StateMachineShape.TryGet(machine, out var shape) || shape.StateOf(machine) < 0)
        {
            return false;
        }

        var awaiter = shape.AwaiterOf(machine);
        var awaited = awaiter is null ? null : FieldsOf.Target(awaiter);
        if (((awaited as LoopFuture)?.Untyped ?? awaited) is Task { IsCompleted: false } task)
        {
            var continuation = Continuations.Raw(task)
                .FirstOrDefault(c => ReferenceEquals(Continuations.WaiterOf(c), box));
            return continuation is not null && (IsLoop(Continuations.ContextOf(continuation)) || IsNeededBy(task));
        }

        // It has been called back, and the call waits for its turn; or nobody knows how it will be.
        return loop.HasQueued(a => ReferenceEquals(Continuations.TargetOf(a), box))
            || (awaited is not null && IsLoop(Continuations.ContextOfSource(awaited)));
    }

    private bool IsNeededByPromise(Task task)
    {
        if (task.AsyncState is IPromiseOwner { OnlyBy: { } only })
        {
            return ReferenceEquals(only, loop);
        }

        // One with a token has another type: any thread may cancel it.
        if (task.GetType().Name == "DelayPromise")
        {
            return FieldsOf.Named(task, "_timer") is LoopTimeProvider.LoopTimer timer
                && ReferenceEquals(timer.Loop, loop);
        }

        if (TaskInternals.ActionOf(task) is not null)
        {
            return task.Status != TaskStatus.Running && IsLoop(TaskInternals.SchedulerOf(task));
        }

        var sight = PromiseSight.Of(task);
        if (sight.MayEndEarlier)
        {
            return sight.Name == "Task.WhenAny" && sight.Awaits.Count > 0
                && sight.Awaits.All(a => a is Task awaited && IsNeededBy(awaited));
        }

        return sight.Awaits.OfType<Task>()
            .Concat(_known.Value.Where(k => Continuations.Of(k).Any(w => ReferenceEquals(w, task))))
            .Any(IsNeededBy);
    }

    private bool IsLoop(object? context) => context is LoopSynchronizationContext own
        ? ReferenceEquals(own.Loop, loop)
        : ReferenceEquals(context, loop.TaskScheduler);
}
