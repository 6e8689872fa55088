using System.Globalization;
using Microsoft.Diagnostics.Runtime;
using Rondo.Runtime;
using Rondo.Runtime.Diagnostics;

namespace Rondo.Cli.Inspect;

/// <summary>
/// The tasks in the memory of another process, by their addresses. The process stands still meanwhile.
/// </summary>
internal sealed class HeapTaskSource : ITaskSource<ulong>
{
    private const string TaskType = "System.Threading.Tasks.Task";
    private const string LoopTaskType = "Rondo.Runtime.LoopTask";
    private const string LoopFutureType = "Rondo.Runtime.LoopFuture";
    private const int Ended = 0x1600000;
    private const int Deepest = 4;

    // Of the package itself, beside those in the compiler's nested classes.
    private static readonly string[] s_innerMethods =
        ["<RunBodyAsync>", "<JoinAsync>", "<WaitForAsync>", "<EnumerateAsync>"];

    private readonly ClrHeap _heap;
    private readonly Dictionary<ulong, bool> _isValueTaskSource = [];
    private readonly List<ulong> _tasks = [];
    private readonly List<ulong> _machines = [];

    public HeapTaskSource(ClrHeap heap)
    {
        _heap = heap;
        Read();
    }

    /// <summary>The event loops that run.</summary>
    public List<TaskTreeLoop> Loops { get; } = [];

    /// <summary>What the threads are called, by their managed ids.</summary>
    public Dictionary<int, string> ThreadNames { get; } = [];

    public IEqualityComparer<ulong> Comparer => EqualityComparer<ulong>.Default;

    public IEnumerable<ulong> Seeds => _tasks.Concat(_machines).Select(Reference);

    public TaskSight<ulong>? Look(ulong thing)
    {
        if (HeapObject.At(_heap, thing) is not { } seen)
        {
            return null;
        }

        if (seen.Is(LoopTaskType))
        {
            return seen.Flag("_isCompleted") ? null : Loop(seen);
        }

        if (seen.Is(LoopFutureType))
        {
            return seen.Flag("_isCompleted") ? null : LoopPromise(seen) with { Awaiters = WaitersOfFuture(seen) };
        }

        if (seen.Is("System.Threading.ManualResetEventSlim"))
        {
            return new TaskSight<ulong>(TaskNodeKind.Thread, "a blocked thread");
        }

        var isTask = seen.Is(TaskType);
        if (isTask && HasEnded(seen))
        {
            return null;
        }

        var machine = MachineOf(seen);
        var sight = machine is { } found ? Machine(found)
            : isTask ? Promise(seen)
            : new TaskSight<ulong>(TaskNodeKind.Operation, PromiseShape.NameOf(seen.TypeName));
        return sight with
        {
            Awaits = [.. sight.Awaits.Where(a => a != thing).Select(Reference)],
            Awaiters = [.. (isTask ? WaitersOf(seen.Object("m_continuationObject")) : []).Select(Reference)],
        };
    }

    private static bool HasEnded(HeapObject task) => (task.Number("m_stateFlags") & Ended) != 0;

    private static HeapObject? MachineOf(HeapObject seen) =>
        seen.Type.GetFieldByName("<>1__state") is not null ? seen : seen.Part("StateMachine");

    private void Read()
    {
        var kinds = new Dictionary<ulong, Action<ulong>?>();
        foreach (var seen in _heap.EnumerateObjects())
        {
            if (seen.Type is not { } type)
            {
                continue;
            }

            if (!kinds.TryGetValue(type.MethodTable, out var take))
            {
                take = KindOf(type);
                kinds[type.MethodTable] = take;
            }

            take?.Invoke(seen.Address);
        }
    }

    private Action<ulong>? KindOf(ClrType type)
    {
        var name = type.Name ?? "";
        return name == "Rondo.Runtime.EventLoop" ? AddLoop
            : name == "System.Threading.Thread" ? AddThread
            : type.BaseType?.Name == LoopTaskType ? _tasks.Add
            : type.GetFieldByName("StateMachine") is not null
                && name.StartsWith("System.Runtime.CompilerServices.", StringComparison.Ordinal) ? AddMachine
            : null;
    }

    private void AddLoop(ulong address)
    {
        if (HeapObject.At(_heap, address) is { } loop && loop.Flag("<IsRunning>k__BackingField"))
        {
            var number = NumberOf(loop);
            Loops.Add(new TaskTreeLoop(
                number,
                loop.Number("_owner"),
                loop.Reference("_observer") != 0,
                loop.Text("<Name>k__BackingField") ?? $"loop-{number}"));
        }
    }

    private void AddThread(ulong address)
    {
        if (HeapObject.At(_heap, address) is { } thread && thread.Text("_name") is { } name)
        {
            ThreadNames[thread.Number("_managedThreadId")] = name;
        }
    }

    // Only what is suspended: what has ended, or has not begun, is garbage or about to change.
    private void AddMachine(ulong address)
    {
        if (HeapObject.At(_heap, address) is { } box && !HasEnded(box)
            && MachineOf(box) is { } machine && machine.Number("<>1__state", -1) >= 0)
        {
            _machines.Add(address);
        }
    }

    private static int NumberOf(HeapObject loop) => loop.Number("<Number>k__BackingField");

    private ulong Reference(ulong address)
    {
        if (HeapObject.At(_heap, address) is not { } seen || !seen.Is(TaskType))
        {
            return address;
        }

        // A promise whose state object is the future or task of a loop that publishes through it.
        if (seen.Object("m_stateObject") is { } state && state.Is(LoopFutureType)
            && state.Object("_outcome") is { } outcome && outcome.Reference("_task") == address)
        {
            return state.Address;
        }

        if (MachineOf(seen) is not { } machine)
        {
            return address;
        }

        return machine.Object("<>4__this") is { } owner && owner.Is(LoopTaskType) && owner.Reference("_run") == address
                ? owner.Address
            : !machine.IsInside && IsValueTaskSource(machine) ? machine.Address
            : address;
    }

    private TaskSight<ulong> Loop(HeapObject task)
    {
        var run = task.Object("_run");
        return new TaskSight<ulong>(TaskNodeKind.Task, NameOf(task))
        {
            State = !task.Flag("_hasStarted") ? "not started"
                : task.Number("<Cancelling>k__BackingField") > 0 ? "being cancelled"
                : run is null ? "running" : "",
            Loop = task.Object("<Loop>k__BackingField") is { } loop ? NumberOf(loop) : null,
            Awaits = run is { } box && MachineOf(box) is { } machine
                ? [.. Machine(machine).Awaits.Select(Reference)]
                : [],
            Awaiters = WaitersOfFuture(task),
        };
    }

    private static string NameOf(HeapObject task) => task.Text("_name")
        ?? string.Create(CultureInfo.InvariantCulture, $"Task-{task.LongNumber("_number")}");

    private ulong[] WaitersOfFuture(HeapObject future) =>
        future.Object("_outcome")?.Object("_task") is { } outcome
            ? [.. WaitersOf(outcome.Object("m_continuationObject")).Select(Reference)]
            : [];

    private TaskSight<ulong> Machine(HeapObject machine)
    {
        var state = machine.Number("<>1__state", -1);
        var awaited = state < 0 ? null : machine.Type.Fields
            .Where(f => f.Name?.StartsWith("<>u__", StringComparison.Ordinal) == true)
            .Select(f => machine.Part(f) is { } awaiter ? Target(awaiter, 0) : null)
            .FirstOrDefault(t => t is not null);
        var module = machine.Type.Module?.Name ?? "";
        var isOurs = Path.GetFileName(module) == "Rondo.Runtime.dll";
        return new TaskSight<ulong>(TaskNodeKind.Method, MethodName.OfStateMachine(machine.TypeName))
        {
            State = state == -1 ? "running"
                : awaited is null && state >= 0 || awaited is { } task && task.Is(TaskType) && HasEnded(task) ? "ready"
                : "",
            At = isOurs || !File.Exists(module)
                ? null
                : SymbolFile.Of(module)?.LineOfAwait(machine.Type.MetadataToken, state),
            IsHidden = isOurs && !IsPublic(machine.TypeName),
            Awaits = awaited is { } target ? [target.Address] : [],
        };
    }

    // The names of this package's inner methods: nested classes of the compiler, and these.
    private static bool IsPublic(string machine) =>
        !machine.Contains("+<>c", StringComparison.Ordinal)
        && !Array.Exists(s_innerMethods, m => machine.Contains(m, StringComparison.Ordinal))
        && !machine.StartsWith(LoopTaskType, StringComparison.Ordinal);

    private TaskSight<ulong> Promise(HeapObject task)
    {
        var state = task.Object("m_stateObject");
        if (state is { } owner && owner.TypeName.StartsWith("Rondo.Runtime.", StringComparison.Ordinal))
        {
            return LoopPromise(owner);
        }

        var shape = PromiseShape.Of(task.TypeName);
        var sight = new TaskSight<ulong>(TaskNodeKind.Operation, shape.Name)
        {
            IsHidden = shape.IsHidden,
            MayEndEarlier = shape.MayEndEarlier,
            Awaits = [.. shape.Fields.SelectMany(f => task.Object(f) is { } held ? held.Items() : [])],
        };
        return sight.Awaits.Count == 0 && task.Reference("m_action") != 0
            ? sight with { Name = "work on the thread pool" }
            : sight;
    }

    private TaskSight<ulong> LoopPromise(HeapObject owner)
    {
        // A group knows its tasks by the scope around them; a future of this package holds what it waits for.
        var scope = owner.Reference("_scope");
        var awaited = scope != 0
            ? _tasks.Where(t => HeapObject.At(_heap, t)?.Object("<Scope>k__BackingField")?.Reference("_outer") == scope)
            : (owner.Object("<Sources>k__BackingField")?.Items() ?? [])
                .Where(i => HeapObject.At(_heap, i)?.Is(LoopFutureType) == true);
        var name = owner.TypeName.StartsWith("Rondo.Runtime.DelayPromise", StringComparison.Ordinal)
            ? "timer"
            : owner.Text("_name") ?? "future";
        return new TaskSight<ulong>(TaskNodeKind.Operation, name)
        {
            IsHidden = scope != 0,
            MayEndEarlier = owner.Flag("<EndsEarlier>k__BackingField"),
            Awaits = [.. awaited],
        };
    }

    private HeapObject? Target(HeapObject awaiter, int depth)
    {
        if (!awaiter.IsInside
            && (awaiter.Is(TaskType) || awaiter.Is(LoopFutureType) || IsValueTaskSource(awaiter)))
        {
            return awaiter;
        }

        return depth == Deepest || awaiter.Type.IsString
            ? null
            : awaiter.Type.Fields
                .Where(f => f.IsValueType || f.Type?.Name is null or "System.Object"
                    || f.Type.Name.StartsWith("System.Threading.Tasks.", StringComparison.Ordinal)
                    || (f.Type.Name.StartsWith("Rondo.Runtime.", StringComparison.Ordinal)
                        && f.Type.Name != "Rondo.Runtime.EventLoop"))
                .Select(f => awaiter.Part(f) is { } part ? Target(part, depth + 1) : null)
                .FirstOrDefault(t => t is not null);
    }

    private IEnumerable<ulong> WaitersOf(HeapObject? continuations)
    {
        if (continuations is not { } found)
        {
            return [];
        }

        var isList = found.TypeName.StartsWith("System.Collections.Generic.List<", StringComparison.Ordinal);
        return (isList ? found.Items() : [found.Address])
            .Select(i => HeapObject.At(_heap, i))
            .OfType<HeapObject>()
            .Select(WaiterOf)
            .Where(w => w != 0);
    }

    private static ulong WaiterOf(HeapObject continuation)
    {
        if (continuation.Is(TaskType) || continuation.Is("System.Threading.ManualResetEventSlim")
            || continuation.Type.GetFieldByName("StateMachine") is not null)
        {
            return continuation.Address;
        }

        var action = continuation.Object("m_action") ?? continuation;
        return action.Object("_target") is { } target
            && (target.Is(TaskType) || target.Type.GetFieldByName("StateMachine") is not null)
                ? target.Address
            : action.Object("_target")?.Object("_continuation") is { } inner ? WaiterOf(inner)
            : continuation.Reference("m_task");
    }

    private bool IsValueTaskSource(HeapObject seen)
    {
        if (!_isValueTaskSource.TryGetValue(seen.Type.MethodTable, out var isOne))
        {
            for (var type = seen.Type; type is not null && !isOne; type = type.BaseType)
            {
                isOne = type.EnumerateInterfaces().Any(i => i.Name?.StartsWith(
                    "System.Threading.Tasks.Sources.IValueTaskSource", StringComparison.Ordinal) == true);
            }

            _isValueTaskSource[seen.Type.MethodTable] = isOne;
        }

        return isOne;
    }
}
