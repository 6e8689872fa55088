using System.Linq.Expressions;
using System.Reflection;

namespace Rondo.Runtime.Executors;

/// <summary>
/// Takes <c>() => Jobs.Render(page, 300)</c> apart: the method, and the arguments' values. Constants and variables are
/// read; anything else is interpreted, since compiling it would take a millisecond each time.
/// </summary>
internal static class CallExpression
{
    /// <exception cref="NotShippableException">It is not one call of a static method.</exception>
    public static (ShippedMethod Method, object?[] Arguments) Read(Expression body)
    {
        if (body is not MethodCallExpression call)
        {
            throw new NotShippableException($"'{body}' is not one call of a static method.");
        }

        if (!call.Method.IsStatic)
        {
            throw new NotShippableException(
                $"{MethodName.Of(call.Method)} is called on an object, a {call.Object!.Type}, which stays in this "
                    + "process. Use a static method that takes what it needs.");
        }

        if (call.Method.GetParameters().FirstOrDefault(IsReference) is { } bad)
        {
            throw new NotShippableException(
                $"Argument '{bad.Name}' of {MethodName.Of(call.Method)}, a {bad.ParameterType}, cannot go to another "
                    + "process.");
        }

        var method = ShippedMethod.Of(call.Method);
        var arguments = new object?[call.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Evaluate(call.Arguments[i]);
        }

        return (method, arguments);
    }

    private static bool IsReference(ParameterInfo parameter) =>
        parameter.ParameterType.IsByRefLike || parameter.ParameterType.IsByRef;

    private static object? Evaluate(Expression argument) => argument switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression { Member: FieldInfo field, Expression: null } => field.GetValue(null),
        MemberExpression { Member: FieldInfo field, Expression: ConstantExpression { Value: { } owner } } =>
            field.GetValue(owner),
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object)))
            .Compile(preferInterpretation: true)(),
    };
}
