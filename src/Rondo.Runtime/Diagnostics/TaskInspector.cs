using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// The tasks of this process, seen through the insides of <see cref="Task"/> and of the compiler's state machines. It
/// tries them out once; on a platform that differs it shows the loops' tasks alone.
/// </summary>
/// <param name="loops">Whose tasks to begin with.</param>
/// <threadsafety>Any thread: nothing is stopped meanwhile, so what it sees may be a moment apart.</threadsafety>
internal sealed class TaskInspector(IReadOnlyCollection<EventLoop> loops) : ITaskSource<object>
{
    private static readonly Lazy<bool> s_isAvailable = new(TryOut);

    /// <summary>Whether the platform is one whose insides are known.</summary>
    public static bool IsAvailable => s_isAvailable.Value;

    public IEqualityComparer<object> Comparer => ReferenceEqualityComparer.Instance;

    public IEnumerable<object> Seeds
    {
        get
        {
            foreach (var task in loops.SelectMany(l => l.PeekTasks()))
            {
                yield return task;
            }

            if (!IsAvailable)
            {
                yield break;
            }

            // Timers lead up to tasks that only a WhenAll waits for, which keeps no list of them.
            foreach (var timer in loops.SelectMany(l => l.PeekTimers()))
            {
                if (PromiseSight.OfTimer(timer) is { } promise)
                {
                    yield return Reference(promise);
                }
            }

            foreach (var task in TaskTracking.Unfinished())
            {
                yield return Reference(task);
            }
        }
    }

    public TaskSight<object>? Look(object thing)
    {
        try
        {
            return thing switch
            {
                LoopTask task => Loop(task),
                LoopFuture { IsCompleted: true, Untyped.IsCompleted: true } => null,
                LoopFuture future => Future(future),
                IPromiseOwner owner => PromiseSight.Of(owner),
                ManualResetEventSlim => new(TaskNodeKind.Thread, "a blocked thread"),
                Task { IsCompleted: true } => null,
                _ => Other(thing),
            };
        }
        catch (Exception error) when (error is InvalidCastException or NullReferenceException or ArgumentException
            or NotSupportedException or InvalidOperationException)
        {
            // It changed while it was read.
            return null;
        }
    }

    /// <summary>The one reference for a thing that can be come by in several ways.</summary>
    internal static object Reference(object thing)
    {
        if (thing is Task { AsyncState: LoopFuture future } && ReferenceEquals(future.Untyped, thing))
        {
            return future;
        }

        var machine = thing is LoopFuture ? null : StateMachineShape.MachineOf(thing);
        return machine is not null && StateMachineShape.TryGet(machine, out var shape)
            && shape.IsPlumbing && shape.OwnerOf(machine) is LoopTask owner && ReferenceEquals(owner.Run, thing)
                ? owner
            : machine is not null && FieldsOf.IsValueTaskSource(machine) ? machine
            : thing;
    }

    private static TaskSight<object> Loop(LoopTask task)
    {
        var sight = new TaskSight<object>(TaskNodeKind.Task, task.Name)
        {
            State = task.IsCompleted ? "ending"
                : !task.HasStarted ? "not started"
                : task.Cancelling > 0 ? "being cancelled" : "",
            Loop = task.Loop.Number,
            CreatedAt = task.CreationSite is { File: { } file } site ? new SourceLine(file, site.Line) : null,
        };
        return IsAvailable
            ? sight with
            {
                State = sight.State.Length == 0 && task.Run is null ? "running" : sight.State,
                Awaits = task.Run is { } run ? Machine(run, StateMachineShape.MachineOf(run)!).Awaits : [],
                Awaiters = [.. Continuations.Of(task.Untyped).Select(Reference)],
            }
            : sight;
    }

    private static TaskSight<object> Future(LoopFuture future)
    {
        var sight = PromiseSight.Of(future);
        return IsAvailable ? sight with { Awaiters = [.. Continuations.Of(future.Untyped).Select(Reference)] } : sight;
    }

    private static TaskSight<object> Other(object thing)
    {
        var machine = StateMachineShape.MachineOf(thing) ?? (thing is IAsyncStateMachine ? thing : null);
        var sight = machine is not null ? Machine(thing, machine)
            : thing is Task task ? PromiseSight.Of(task)
            : new TaskSight<object>(TaskNodeKind.Operation, PromiseShape.NameOf(thing.GetType().FullName ?? ""));
        var waiters = thing is Task awaited ? Continuations.Of(awaited) : Continuations.OfSource(thing);
        return sight with
        {
            Awaits = [.. sight.Awaits.Select(Reference)],
            Awaiters = [.. waiters.Select(Reference)],
        };
    }

    private static TaskSight<object> Machine(object box, object machine)
    {
        if (!StateMachineShape.TryGet(machine, out var shape))
        {
            return new TaskSight<object>(TaskNodeKind.Method, MethodName.OfStateMachine(machine.GetType()));
        }

        var state = shape.StateOf(machine);
        var awaiter = state >= 0 ? shape.AwaiterOf(machine) : null;
        var target = awaiter is null ? null : FieldsOf.Target(awaiter) ?? awaiter;
        return new TaskSight<object>(TaskNodeKind.Method, shape.Name)
        {
            State = state == -1 ? "running"
                : target is Task { IsCompleted: true } or LoopFuture { Untyped.IsCompleted: true } ? "ready"
                : "",
            At = shape.LineOf(state),
            IsHidden = shape.IsPlumbing,
            Awaits = target is null || ReferenceEquals(target, box) ? [] : [Reference(target)],
        };
    }

    private static bool TryOut()
    {
        try
        {
            var gate = new TaskCompletionSource();
            var probe = ProbeAsync(gate.Task);
            var knowsBothWays = StateMachineShape.MachineOf(probe) is { } machine
                && Machine(probe, machine).Awaits.Contains(gate.Task)
                && Continuations.Of(gate.Task).Contains(probe)
                && (TaskInternals.ActionOf(probe) is not { } action || ReferenceEquals(action.Target, probe))
                && TaskInternals.SchedulerOf(probe) is null;
            TaskInternals.Listed();
            gate.SetResult();
            return knowsBothWays;
        }
        catch (Exception error) when (error is MissingMemberException or TypeLoadException or InvalidCastException
            or NotSupportedException or NullReferenceException)
        {
            return false;
        }
    }

    private static async Task ProbeAsync(Task gate) => await gate.ConfigureAwait(false);
}
