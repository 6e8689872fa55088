using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rondo.Runtime;

/// <summary>
/// Names what the ready queue holds by the user's code that it is going to run, however many of the platform's layers
/// lie between. Only a report asks for a name, so that finding it may take its time.
/// </summary>
internal readonly struct CallbackName
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // The platform's own fields: where it has others, names are less telling.
    private static readonly bool s_knowsTasks =
        typeof(Task).GetField("m_continuationObject", Fields)?.FieldType == typeof(object)
        && typeof(Task).GetField("m_action", Fields)?.FieldType == typeof(Delegate);

    private readonly object? _callback;
    private readonly object? _state;

    // A task's own delegate; or what waits for the task that the callback completes, and so runs within it: a timer's
    // delay, a loop task's end. Both are gone from the task when it has run.
    private readonly object? _inner;

    /// <summary>Takes what the name will be made of; to be called before the callback runs.</summary>
    /// <param name="callback">What the queue holds: a delegate, a timer, a post, a task.</param>
    /// <param name="state">What the callback is handed.</param>
    public CallbackName(object callback, object? state)
    {
        _callback = callback;
        _state = state;
        _inner = (callback, state) switch
        {
            _ when !s_knowsTasks => null,
            (Task task, _) => ActionOf(task),
            (TimerHandle { Item.State: LoopTimeProvider.LoopTimer { State: Task delay } }, _) => ContinuationOf(delay),
            (TimerHandle { Item.State: TaskCompletionSource delay }, _) => ContinuationOf(delay.Task),
            (_, LoopFuture { IsCompleted: true } ended) => ContinuationOf(ended.Untyped),
            _ => null,
        };
    }

    public override string ToString() => OfContinuation(_inner) ?? Of(_callback, _state);

    private static string Of(object? callback, object? state) => callback switch
    {
        TimerHandle { Item.State: LoopTimeProvider.LoopTimer timer } => Of(timer.Callback, timer.State),
        TimerHandle timer => Of(timer.Item.Callback, timer.Item.State),
        WrappedCallback wrapped => Of(wrapped.Callback, null),
        PostedCallback posted => posted.Callback is { } inner ? Of(inner, state) : "a cancelled callback",
        Task task => OfStateMachineBox(task) ?? "a task",
        Delegate target => Of(target, state),
        _ => "no callback",
    };

    private static string Of(Delegate callback, object? state)
    {
        var assembly = callback.Method.Module.Assembly;
        if (state is LoopTask task && assembly == typeof(CallbackName).Assembly)
        {
            return $"task {task.Name}";
        }

        // While somebody listens to the platform's task events, it wraps each continuation.
        if (callback.Target is { } wrapper && wrapper.GetType().Name == "ContinuationWrapper"
            && Field(wrapper, "_continuation") is Action inner)
        {
            return Of(inner, state);
        }

        // The platform's own callbacks carry what they are going to call as their state, or as their target.
        if (assembly == typeof(object).Assembly)
        {
            return OfContinuation(state) ?? OfStateMachineBox(callback.Target) ?? MethodName.Of(callback.Method);
        }

        return MethodName.Of(callback.Method);
    }

    private static string? OfContinuation(object? continuation) => continuation switch
    {
        null => null,
        Delegate action => Of(action, null),
        Task task => OfStateMachineBox(task),
        _ => Field(continuation, "m_action") is Delegate action ? Of(action, null) : OfStateMachineBox(continuation),
    };

    private static string? OfStateMachineBox(object? box) =>
        box is not null && Field(box, "StateMachine") is { } machine
            ? MethodName.OfStateMachine(machine.GetType())
            : null;

    private static object? Field(object owner, string name) => owner.GetType().GetField(name, Fields)?.GetValue(owner);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_action")]
    private static extern ref Delegate? ActionOf(Task task);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_continuationObject")]
    private static extern ref object? ContinuationOf(Task task);
}
