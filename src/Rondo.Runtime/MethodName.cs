using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rondo.Runtime;

/// <summary>
/// Names methods as their authors know them: <c>Type.Method</c>, whatever the compiler has made of async methods,
/// lambdas and local functions.
/// </summary>
internal static class MethodName
{
    public static string Of(MethodBase method)
    {
        ArgumentNullException.ThrowIfNull(method);
        var type = method.DeclaringType;
        if (type is null)
        {
            return method.Name;
        }

        // The body of an async method or iterator is MoveNext of a type that bears the method's name.
        return IsMadeByCompiler(type.Name) && method.Name == nameof(IAsyncStateMachine.MoveNext)
            ? OfStateMachine(type)
            : $"{Owner(type)}.{Plain(method.Name)}";
    }

    /// <summary>The method whose body a state machine is.</summary>
    public static string OfStateMachine(Type machine) => IsMadeByCompiler(machine.Name)
        ? $"{Owner(machine)}.{Plain(machine.Name)}"
        : Owner(machine);

    private static bool IsMadeByCompiler(string name) => name.StartsWith('<');

    /// <summary>The nearest type around it that somebody has written, without the number of its parameters.</summary>
    private static string Owner(Type type)
    {
        while (IsMadeByCompiler(type.Name) && type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.Name.Split('`')[0];
    }

    // <Method>d__1 is an async method, <Method>b__1_0 a lambda in it, <Method>g__Local|1_0 a local function; each may
    // stand in the angle brackets of another.
    private static string Plain(string name)
    {
        if (!IsMadeByCompiler(name) || name.LastIndexOf('>') is var end && end < 0)
        {
            return name.StartsWith("get_", StringComparison.Ordinal) ? name[4..] : name;
        }

        var (inner, kind) = (name[1..end], name[(end + 1)..]);
        if (kind.StartsWith('b'))
        {
            var method = Plain(inner);
            return method.EndsWith(')') ? method : method + " (lambda)";
        }

        return kind.StartsWith("g__", StringComparison.Ordinal)
            ? $"{Plain(inner)}.{kind[3..].Split('|')[0]}"
            : Plain(inner);
    }
}
