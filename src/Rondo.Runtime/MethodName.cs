using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Rondo.Runtime;

/// <summary>
/// Names methods as their authors know them, whatever the compiler has made of async methods, lambdas and local
/// functions: <c>Type.Method</c>, <c>Type.Method.lambda</c>, <c>Type.Method.Local</c>. Names of types are full ones, with
/// nested types behind a plus sign, as the runtime or a debugger spells them.
/// </summary>
internal static partial class MethodName
{
    public static string Of(MethodBase method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return method.DeclaringType is not { } type ? method.Name

            // The body of an async method or iterator is MoveNext of a type that bears the method's name.
            : IsMadeByCompiler(type.Name) && method.Name == nameof(IAsyncStateMachine.MoveNext) ? OfStateMachine(type)
            : OfMethod(type.FullName ?? type.Name, method.Name);
    }

    /// <inheritdoc cref="OfStateMachine(string)"/>
    public static string OfStateMachine(Type machine) => OfStateMachine(machine.FullName ?? machine.Name);

    /// <summary>The method whose body a state machine is.</summary>
    public static string OfStateMachine(string machine)
    {
        var parts = WithoutArguments(machine).Split('+');
        return IsMadeByCompiler(parts[^1]) ? Join(Owner(parts), Plain(parts[^1])) : Owner(parts);
    }

    /// <summary>An ordinary method, or a lambda's.</summary>
    public static string OfMethod(string type, string method) =>
        Join(Owner(WithoutArguments(type).Split('+')), Plain(WithoutArguments(method)));

    /// <summary>A type's name without namespace and type parameters; a nested one with the one around it.</summary>
    public static string ShortType(string fullName)
    {
        var name = Arity().Replace(WithoutArguments(fullName), "");
        return name[(name.LastIndexOf('.') + 1)..].Replace('+', '.');
    }

    private static bool IsMadeByCompiler(string name) => name.StartsWith('<');

    private static string Join(string owner, string method) => owner.Length > 0 ? $"{owner}.{method}" : method;

    // The nearest type around it that somebody has written, without the number of its parameters.
    private static string Owner(string[] types)
    {
        var owner = types.LastOrDefault(t => !IsMadeByCompiler(t)) ?? "";
        return Arity().Replace(owner[(owner.LastIndexOf('.') + 1)..], "");
    }

    // <Method>d__1 is an async method, <Method>b__1_0 a lambda in it, <Method>g__Local|1_0 a local function; each may
    // stand in the angle brackets of another.
    private static string Plain(string name)
    {
        if (!IsMadeByCompiler(name) || name.LastIndexOf('>') is var end && end < 0)
        {
            return name.StartsWith("get_", StringComparison.Ordinal) ? name[4..] : name;
        }

        var (inner, kind) = (Plain(name[1..end]), name[(end + 1)..]);
        return kind.StartsWith('b') ? inner.EndsWith(".lambda", StringComparison.Ordinal) ? inner : inner + ".lambda"
            : kind.StartsWith("g__", StringComparison.Ordinal) ? $"{inner}.{kind[3..].Split('|')[0]}"
            : inner;
    }

    // The runtime writes type arguments at the end, in brackets; a debugger behind each type, as C# does. A compiler's
    // own name begins with such a sign.
    private static string WithoutArguments(string type)
    {
        var end = type.IndexOf("[[", StringComparison.Ordinal);
        var name = end < 0 ? type : type[..end];
        for (var rest = ""; rest != name;)
        {
            rest = name;
            name = Arguments().Replace(name, "");
        }

        return name;
    }

    [GeneratedRegex(@"(?<=[\w`>])<[^<>]*>(?=[+\[\]>,]|$)")]
    private static partial Regex Arguments();

    [GeneratedRegex(@"`\d+")]
    private static partial Regex Arity();
}
