using System.Text.RegularExpressions;

namespace Rondo.Runtime.Diagnostics;

/// <summary>From the name the compiler gave a state machine back to the method its author wrote.</summary>
internal static partial class AsyncMethodName
{
    /// <summary>
    /// <c>Type.Method</c>; lambdas are <c>Type.Method.lambda</c>, local functions <c>Type.Method.Local</c>.
    /// </summary>
    /// <param name="machine">The full name of the state machine's type, nested types behind a plus sign.</param>
    public static string Of(string machine)
    {
        var parts = WithoutArguments(machine).Split('+');
        var owner = parts.LastOrDefault(p => !p.StartsWith('<')) ?? "";
        var type = Arity().Replace(owner[(owner.LastIndexOf('.') + 1)..], "");
        var method = MethodOf(parts[^1]);
        return type.Length > 0 ? $"{type}.{method}" : method;
    }

    /// <summary>As <see cref="Of"/>, for an ordinary method, whose name may be the compiler's.</summary>
    public static string OfMethod(string type, string method) =>
        Of($"{WithoutArguments(type)}+<{WithoutArguments(method)}>d");

    /// <summary>A type's name without namespace and type parameters; a nested one with the one around it.</summary>
    public static string ShortType(string fullName)
    {
        var name = Arity().Replace(WithoutArguments(fullName), "");
        return name[(name.LastIndexOf('.') + 1)..].Replace('+', '.');
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

    private static string MethodOf(string machine)
    {
        if (Nested().Match(machine) is { Success: true } nested)
        {
            var outer = nested.Groups["outer"].Value is "<Main>$" or "Main" ? "Main" : nested.Groups["outer"].Value;
            return $"{outer}.{(nested.Groups["local"] is { Success: true } local ? local.Value : "lambda")}";
        }

        return Simple().Match(machine) is { Success: true } simple
            ? simple.Groups[1].Value.Trim('<', '>', '$')
            : machine;
    }

    [GeneratedRegex(@"(?<=[\w`>])<[^<>]*>(?=[+\[\]>,]|$)")]
    private static partial Regex Arguments();

    [GeneratedRegex(@"`\d+")]
    private static partial Regex Arity();

    [GeneratedRegex(@"^<<(?<outer>.+?)>(?:b__|g__(?<local>[^|]+)\|)")]
    private static partial Regex Nested();

    [GeneratedRegex(@"^<(.+)>d")]
    private static partial Regex Simple();
}
