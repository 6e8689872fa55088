using System.Reflection;

namespace Rondo.Runtime.Executors;

/// <summary>
/// A call cannot go to another process, because of its method, an argument or its result; the message names it. Nothing
/// else is touched: the worker and its other calls go on.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class NotShippableException : InvalidOperationException
{
    internal NotShippableException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    internal static NotShippableException Argument(
        MethodBase method, ParameterInfo? parameter, Type type, Exception inner) =>
        new(
            $"Argument '{parameter?.Name}' of {MethodName.Of(method)}, a {type}, "
                + $"cannot go to another process: {inner.Message}",
            inner);

    internal static NotShippableException Result(MethodBase method, Type type, Exception inner) =>
        new($"The result of {MethodName.Of(method)}, a {type}, cannot come back from another process: "
            + inner.Message, inner);
}
