using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rondo.Runtime.Executors;

/// <summary>Where to find a method in another process that runs the same build.</summary>
/// <param name="Method">The method itself.</param>
/// <param name="DelegateType">What it is called through; null for a call by its arguments.</param>
internal sealed record MethodDefinition(MethodInfo Method, Type? DelegateType)
{
    public void Write(FrameWriter writer)
    {
        writer.Write(Method.Module.ModuleVersionId);
        writer.WriteInt32(Method.MetadataToken);
        writer.WriteString(Method.DeclaringType!.AssemblyQualifiedName);
        var arguments = Method.IsGenericMethod ? Method.GetGenericArguments() : [];
        writer.WriteInt32(arguments.Length);
        foreach (var argument in arguments)
        {
            writer.WriteString(argument.AssemblyQualifiedName);
        }

        writer.WriteString(DelegateType?.AssemblyQualifiedName);
    }

    /// <exception cref="NotShippableException">This process has no such method.</exception>
    public static MethodDefinition Read(ref FrameReader reader)
    {
        var build = reader.Read<Guid>();
        var token = reader.ReadInt32();
        var owner = reader.ReadString()!;
        var arguments = new string[reader.ReadInt32()];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = reader.ReadString()!;
        }

        var delegateType = reader.ReadString();
        try
        {
            var type = Find(owner);
            if (type.Module.ModuleVersionId != build)
            {
                throw new NotShippableException(
                    $"The worker has another build of {type.Module.Name}: the file was replaced under the program.");
            }

            // By its handle: the token of a generic type's method says nothing of the type's arguments.
            var handle = type.Module.ResolveMethod(token)!.MethodHandle;
            var method = (MethodInfo)MethodBase.GetMethodFromHandle(handle, type.TypeHandle)!;
            return new MethodDefinition(
                arguments is [] ? method : method.MakeGenericMethod(Array.ConvertAll(arguments, Find)),
                delegateType is null ? null : Find(delegateType));
        }
        catch (Exception error) when (error is not NotShippableException)
        {
            throw new NotShippableException($"The worker cannot find a method of {owner}: {error.Message}", error);
        }
    }

    /// <summary>The method, ready to be called as it was in the other process.</summary>
    public Delegate ToDelegate() => Method.IsStatic
        ? Method.CreateDelegate(DelegateType!)
        : Method.CreateDelegate(DelegateType!, RuntimeHelpers.GetUninitializedObject(Method.DeclaringType!));

    private static Type Find(string name) => Type.GetType(name, throwOnError: true)!;
}
