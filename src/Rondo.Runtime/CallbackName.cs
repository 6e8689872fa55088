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
            (Task task, _) => TaskInternals.ActionOf(task),
            (TimerHandle { Item.State: LoopTimeProvider.LoopTimer { State: Task delay } }, _) =>
                TaskInternals.ContinuationOf(delay),
            (TimerHandle { Item.State: DelayPromise delay }, _) => TaskInternals.ContinuationOf(delay.Task),
            (_, LoopFuture { IsCompleted: true } ended) => TaskInternals.ContinuationOf(ended.Untyped),
            _ => null,
        };
    }

    public override string ToString() => Find() switch
    {
        MethodBase method => MethodName.Of(method),
        StateMachine machine => MethodName.OfStateMachine(machine.Type),
        LoopTask task => $"task {task.Name}",
        _ => "no callback",
    };

    /// <summary>
    /// The code behind the name, and, for an async method, the number of the await where it now stands; null for a
    /// method that is no such, or runs, or has ended.
    /// </summary>
    public (MethodBase? Method, int? Await) Code() => Find() switch
    {
        MethodBase method => (method, null),
        StateMachine machine => (machine.Type.GetMethod(nameof(IAsyncStateMachine.MoveNext), Fields), machine.Await),
        _ => (null, null),
    };

    /// <summary>What the user has written: a method, an async method's state, or a task that is to start.</summary>
    private object? Find() => OfContinuation(_inner) ?? Of(_callback, _state);

    private static object? Of(object? callback, object? state) => callback switch
    {
        TimerHandle { Item.State: LoopTimeProvider.LoopTimer timer } => Of(timer.Callback, timer.State),
        TimerHandle timer => Of(timer.Item.Callback, timer.Item.State),
        WrappedCallback wrapped => Of(wrapped.Callback, null),
        PostedCallback posted => Of(posted.Callback, state),
        Task task => OfStateMachineBox(task),
        Delegate target => Of(target, state),
        _ => null,
    };

    private static object? Of(Delegate callback, object? state)
    {
        var assembly = callback.Method.Module.Assembly;
        if (state is LoopTask && assembly == typeof(CallbackName).Assembly)
        {
            return state;
        }

        if (callback.Target is BreakableAwait await)
        {
            return Of(await.Continuation, state);
        }

        // While somebody listens to the platform's task events, it wraps each continuation.
        if (callback.Target is { } wrapper && wrapper.GetType().Name == "ContinuationWrapper"
            && Field(wrapper, "_continuation") is Action inner)
        {
            return Of(inner, state);
        }

        // The platform's own callbacks carry what they are going to call as their state, or as their target.
        return assembly == typeof(object).Assembly
            ? OfContinuation(state) ?? (object?)OfStateMachineBox(callback.Target) ?? callback.Method
            : callback.Method;
    }

    private static object? OfContinuation(object? continuation) => continuation switch
    {
        null => null,
        Delegate action => Of(action, null),
        Task task => OfStateMachineBox(task),
        _ => Field(continuation, "m_action") is Delegate action ? Of(action, null) : OfStateMachineBox(continuation),
    };

    private static StateMachine? OfStateMachineBox(object? box) =>
        box?.GetType().GetField("StateMachine", Fields) is { } field ? new StateMachine(field.FieldType, box) : null;

    private static object? Field(object owner, string name) => owner.GetType().GetField(name, Fields)?.GetValue(owner);

    /// <summary>An async method under way.</summary>
    private sealed record StateMachine(Type Type, object Box)
    {
        // A method that has ended leaves an empty state behind, which says 0, too.
        public int? Await =>
            Box is Task { IsCompleted: false }
            && Field(Box, nameof(StateMachine)) is { } state
            && Field(state, "<>1__state") is int number and >= 0
                ? number
                : null;
    }
}
