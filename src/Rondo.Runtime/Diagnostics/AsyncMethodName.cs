using System.Text.RegularExpressions;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// The name of an async method as its author wrote it, from the type that the compiler has made of it:
/// <c>Shop.Cart+&lt;BuyAsync&gt;d__3</c> is <c>Cart.BuyAsync</c>.
/// </summary>
internal static partial class AsyncMethodName
{
    /// <summary>
    /// <c>Type.Method</c>; a lambda is <c>Type.Method.lambda</c>, a local function <c>Type.Method.Local</c>.
    /// </summary>
    /// <param name="machine">The full name of the compiler's type.</param>
    public static string Of(string machine)
    {
        if (StateMachine().Match(machine) is not { Success: true } match)
        {
            return machine;
        }

        var type = match.Groups["type"].Value;
        var inner = match.Groups["local"] is { Success: true } local ? "." + local.Value
            : match.Groups["lambda"].Success ? ".lambda"
            : "";
        return type[(type.LastIndexOf('.') + 1)..].Replace('+', '.') + "." + match.Groups["method"].Value + inner;
    }

    // Of a method: Type+<Method>d__1. Of a lambda: Type+<>c+<<Method>b__0_0>d. Of a local function:
    // Type+<<Method>g__Local|0_0>d. Generic ones carry `1 and their arguments.
    [GeneratedRegex(
        @"^(?<type>[^<\[`]+)(`\d+)?\+(<>c[^+]*\+)?<{1,2}(?<method>[^>]+)>(g__(?<local>[^|]+)\||(?<lambda>b__))?")]
    private static partial Regex StateMachine();
}
