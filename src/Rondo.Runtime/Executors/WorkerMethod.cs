using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Rondo.Runtime.Executors;

/// <summary>In a worker: a method it was told of, ready to be called.</summary>
internal abstract class WorkerMethod
{
    /// <exception cref="NotShippableException">This process has no such method.</exception>
    public static WorkerMethod Read(ref FrameReader reader)
    {
        var definition = MethodDefinition.Read(ref reader);
        if (definition.DelegateType is not { } type)
        {
            return new WorkerCallByArguments(definition.Method);
        }

        var work = definition.ToDelegate();
        var open = type.GetGenericArguments().Length == 1 ? typeof(WorkerFunc<>) : typeof(WorkerFunc<,>);
        return (WorkerMethod)Activator.CreateInstance(open.MakeGenericType(type.GetGenericArguments()), work)!;
    }

    /// <summary>Reads the arguments, runs the method and writes its result.</summary>
    /// <exception cref="NotShippableException">An argument cannot be read, or the result not be written.</exception>
    public abstract void Call(ref FrameReader arguments, FrameWriter result);

    protected static T ReadArgument<T>(ref FrameReader reader, MethodInfo method)
    {
        try
        {
            return ValueCodec<T>.Instance.Read(ref reader);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw NotShippableException.Argument(method, method.GetParameters().LastOrDefault(), typeof(T), error);
        }
    }

    protected static void WriteResult<T>(FrameWriter writer, T value, MethodInfo method)
    {
        try
        {
            writer.WriteByte((byte)WorkerMessage.Result);
            ValueCodec<T>.Instance.Write(writer, value);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw NotShippableException.Result(method, value?.GetType() ?? typeof(T), error);
        }
    }
}

/// <inheritdoc cref="WorkerMethod"/>
internal sealed class WorkerFunc<T>(Func<T> work) : WorkerMethod
{
    public override void Call(ref FrameReader arguments, FrameWriter result) =>
        WriteResult(result, work(), work.Method);
}

/// <inheritdoc cref="WorkerMethod"/>
internal sealed class WorkerFunc<TArg, T>(Func<TArg, T> work) : WorkerMethod
{
    public override void Call(ref FrameReader arguments, FrameWriter result) =>
        WriteResult(result, work(ReadArgument<TArg>(ref arguments, work.Method)), work.Method);
}

/// <summary>A static method with any number of arguments, called by reflection.</summary>
internal sealed class WorkerCallByArguments(MethodInfo method) : WorkerMethod
{
    private readonly ParameterInfo[] _parameters = method.GetParameters();
    private readonly MethodInvoker _invoker = MethodInvoker.Create(method);

    public override void Call(ref FrameReader arguments, FrameWriter result)
    {
        var values = new object?[_parameters.Length];
        for (var i = 0; i < values.Length; i++)
        {
            try
            {
                values[i] = ValueCodec.For(_parameters[i].ParameterType).ReadObject(ref arguments);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                throw NotShippableException.Argument(method, _parameters[i], _parameters[i].ParameterType, error);
            }
        }

        object? value;
        try
        {
            value = _invoker.Invoke(null, values.AsSpan());
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
            throw;
        }

        if (method.ReturnType == typeof(void))
        {
            WriteResult(result, true, method);
            return;
        }

        try
        {
            result.WriteByte((byte)WorkerMessage.Result);
            ValueCodec.For(method.ReturnType).WriteObject(result, value);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw NotShippableException.Result(method, value?.GetType() ?? method.ReturnType, error);
        }
    }
}
