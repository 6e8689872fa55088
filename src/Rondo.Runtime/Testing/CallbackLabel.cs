using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Rondo.Runtime.Testing;

/// <summary>Names a callback for traces and reports, the same way in every run.</summary>
internal static partial class CallbackLabel
{
    public static string Of(object callback, object? state) => callback switch
    {
        PostedCallback { Callback: { } posted } => Of(posted, state),
        TimerHandle timer => $"timer {Of(timer.Item.Callback!, timer.Item.State)}",
        Delegate { Target: { } wrapper } when Wrapped(wrapper) is { } inner => Of(inner, state),
        _ when state is LoopTask task => $"task {task.Name}",
        _ when state is Delegate continuation => Of(continuation, null),
        _ when (MachineIn(state) ?? MachineIn((callback as Delegate)?.Target)) is { } machine =>
            $"{Written(machine.DeclaringType)}.{Written(machine.Name)}",
        Delegate target => $"{Written(target.Method.DeclaringType)}.{Written(target.Method.Name)}",
        _ => callback.GetType().Name,
    };

    // An async method goes on through a box that holds its state machine.
    private static Type? MachineIn(object? box) => box?.GetType() is { IsGenericType: true } type
        ? Array.Find(type.GetGenericArguments(), t => t.IsAssignableTo(typeof(IAsyncStateMachine)))
        : null;

    // While somebody listens to the platform's task events, it wraps each continuation.
    private static Action? Wrapped(object wrapper) => wrapper.GetType().Name == "ContinuationWrapper"
        ? (Action?)wrapper.GetType().GetField("_continuation", BindingFlags.Instance | BindingFlags.NonPublic)
            ?.GetValue(wrapper)
        : null;

    // The type that somebody has written, around those that the compiler has made for it.
    private static string? Written(Type? type)
    {
        while (type is { DeclaringType: { } outer } && type.Name.StartsWith('<'))
        {
            type = outer;
        }

        return type?.Name;
    }

    // What the compiler makes of method M begins with "<M>"; a local function L in it has "g__L|" behind that.
    private static string Written(string name)
    {
        if (Local().Match(name) is { Success: true } local)
        {
            return local.Groups[1].Value;
        }

        return Made().Match(name) is { Success: true } made ? made.Groups[1].Value : name;
    }

    [GeneratedRegex(@"g__(\w+)\|")]
    private static partial Regex Local();

    [GeneratedRegex(@"^<+(\w+)>")]
    private static partial Regex Made();
}
