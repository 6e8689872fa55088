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
        var arguments = machine.IndexOf('[', StringComparison.Ordinal);
        var parts = (arguments < 0 ? machine : machine[..arguments]).Split('+');
        var owner = parts.LastOrDefault(p => !p.StartsWith('<')) ?? "";
        var type = Arity().Replace(owner[(owner.LastIndexOf('.') + 1)..], "");
        var method = MethodOf(parts[^1]);
        return type.Length > 0 ? $"{type}.{method}" : method;
    }

    /// <summary>As <see cref="Of"/>, for an ordinary method, whose name may be the compiler's.</summary>
    public static string OfMethod(string type, string method) => Of($"{type}+{(method.StartsWith('<') ? method : $"<{method}>d")}");

    /// <summary>A type's name without namespace and type parameters; a nested one with the one around it.</summary>
    public static string ShortType(string fullName)
    {
        var arguments = fullName.IndexOfAny(['[', '<']);
        var name = Arity().Replace(arguments < 0 ? fullName : fullName[..arguments], "");
        return name[(name.LastIndexOf('.') + 1)..].Replace('+', '.');
    }

    private static string MethodOf(string machine)
    {
        if (Nested().Match(machine) is { Success: true } nested)
        {
            var outer = nested.Groups["outer"].Value is "<Main>$" or "Main" ? "Main" : nested.Groups["outer"].Value;
            return $"{outer}.{(nested.Groups["local"] is { Success: true } local ? local.Value : "lambda")}";
        }

        return Simple().Match(machine) is { Success: true } simple ? simple.Groups[1].Value.Trim('<', '>', '$') : machine;
    }

    [GeneratedRegex(@"`\d+")]
    private static partial Regex Arity();

    [GeneratedRegex(@"^<<(?<outer>.+?)>(?:b__|g__(?<local>[^|]+)\|)")]
    private static partial Regex Nested();

    [GeneratedRegex(@"^<(.+)>d")]
    private static partial Regex Simple();
}
