using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// How the compiler has laid out the state machine of one async method: looked up once for each, since reflection is
/// slow.
/// </summary>
/// <threadsafety>Any thread.</threadsafety>
internal sealed class StateMachineShape
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // A state machine's own: below zero it does not wait.
    private const int Running = -1;

    private static readonly ConcurrentDictionary<Type, StateMachineShape?> s_shapes = new();
    private static readonly ConcurrentDictionary<Type, FieldInfo?> s_machines = new();

    private readonly Type _type;
    private readonly FieldInfo _state;
    private readonly FieldInfo[] _awaiters;
    private readonly FieldInfo? _empty;
    private readonly FieldInfo? _owner;
    private readonly bool _isOurs;

    private StateMachineShape(Type type, FieldInfo state)
    {
        _type = type;
        _state = state;
        _awaiters = [.. type.GetFields(Fields).Where(f => f.Name.StartsWith("<>u__", StringComparison.Ordinal))];
        _empty = _awaiters.Where(f => f.FieldType.IsValueType && f.FieldType.GetFields(Fields).Length == 0).ToList()
            is [var only] ? only : null;
        _owner = type.GetField("<>4__this", Fields);
        Name = MethodName.OfStateMachine(type);
        _isOurs = type.Assembly == typeof(StateMachineShape).Assembly;
        IsPlumbing = _isOurs && !IsPublic(type);
    }

    /// <summary>As its author would call the method.</summary>
    public string Name { get; }

    /// <summary>Whether it is an inner method of this package.</summary>
    public bool IsPlumbing { get; }

    /// <summary>The state machine inside what the platform keeps it in; null when there is none.</summary>
    /// <param name="box">A task, or a reusable value task source.</param>
    public static object? MachineOf(object box) =>
        s_machines.GetOrAdd(box.GetType(), FindMachine)?.GetValue(box);

    /// <summary>The layout of this state machine; null when it is not one that the compiler made.</summary>
    public static bool TryGet(object machine, [NotNullWhen(true)] out StateMachineShape? shape) =>
        (shape = s_shapes.GetOrAdd(machine.GetType(), Read)) is not null;

    /// <summary>Which await it is at; below zero when it runs or has ended.</summary>
    public int StateOf(object machine) => _state.GetValue(machine) is int state ? state : Running;

    /// <summary>The object whose method it is; null for static ones.</summary>
    public object? OwnerOf(object machine) => _owner?.GetValue(machine);

    /// <summary>The awaiter it waits with; null when that cannot be told.</summary>
    public object? AwaiterOf(object machine)
    {
        // After an await the field is cleared, so one that holds something is the present one. When none does, it is
        // the one of a type that holds nothing, such as a yield's.
        foreach (var field in _awaiters)
        {
            if (field.GetValue(machine) is { } awaiter && !FieldsOf.IsBlank(awaiter))
            {
                return awaiter;
            }
        }

        return _empty?.GetValue(machine);
    }

    /// <summary>The line of an await; null in this package, where it helps nobody, and without symbols.</summary>
    public SourceLine? LineOf(int state) => _isOurs ? null : SymbolFile.LineOfAwait(_type, state);

    private static FieldInfo? FindMachine(Type box)
    {
        for (var type = box; type is not null && type != typeof(Task); type = type.BaseType)
        {
            if (type.IsGenericType
                && type.Name.Contains("StateMachineBox", StringComparison.Ordinal)
                && type.GetField("StateMachine", Fields | BindingFlags.DeclaredOnly) is { } machine)
            {
                return machine;
            }
        }

        return null;
    }

    private static StateMachineShape? Read(Type type) =>
        typeof(IAsyncStateMachine).IsAssignableFrom(type) && type.GetField("<>1__state", Fields) is { } state
            ? new StateMachineShape(type, state)
            : null;

    // The method a state machine is for: public, and of a public type. Lambdas and local functions never are.
    private static bool IsPublic(Type machine)
    {
        var end = machine.Name.IndexOf('>', StringComparison.Ordinal);
        return machine.DeclaringType is { IsVisible: true } owner
            && machine.Name.StartsWith('<')
            && end > 1
            && owner.GetMember(machine.Name[1..end], BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
                is { Length: > 0 };
    }
}
