using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Diagnostics;

/// <summary>The innermost call of somebody else's code on a stack: neither this package's nor the platform's.</summary>
/// <param name="Method">As its author would call it.</param>
/// <param name="Line">Null where symbols are missing.</param>
internal sealed record CallSite(string Method, SourceLine? Line)
{
    /// <summary>Null when there is nobody else on the stack.</summary>
    public static CallSite? Of(StackTrace stack)
    {
        foreach (var frame in stack.GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method || IsPlumbing(type))
            {
                continue;
            }

            var isMachine = method.Name == "MoveNext" && typeof(IAsyncStateMachine).IsAssignableFrom(type);
            return new CallSite(
                isMachine
                    ? AsyncMethodName.Of(type.FullName ?? type.Name)
                    : AsyncMethodName.OfMethod(type.FullName ?? type.Name, method.Name),
                SymbolFile.LineOf(method, frame.GetILOffset()));
        }

        return null;
    }

    public override string ToString() => Line is null ? Method : $"{Method} at {Line}";

    private static bool IsPlumbing(Type type) =>
        type.Assembly == typeof(CallSite).Assembly || type.Assembly == typeof(Task).Assembly;
}
