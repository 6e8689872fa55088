using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Rondo.Runtime.Executors;

/// <summary>
/// A method that can be called in another process, known there by a number. Each delegate is looked at once.
/// </summary>
internal sealed class ShippedMethod
{
    // By reference: the hash of delegates to static methods is that of their type alone.
    private static readonly ConditionalWeakTable<Delegate, ShippedMethod> s_byDelegate = new();
    private static readonly ConcurrentDictionary<MethodDefinition, ShippedMethod> s_known = new();
    private static int s_last;

    private ShippedMethod(MethodDefinition definition)
    {
        Method = definition.Method;
        Parameters = Method.GetParameters();
        using var writer = new FrameWriter();
        definition.Write(writer);
        Definition = writer.Frame[FrameWriter.HeaderBytes..].ToArray();
        writer.Clear();
        Id = Interlocked.Increment(ref s_last);
        writer.WriteByte((byte)WorkerMessage.Define);
        writer.WriteInt32(Id);
        writer.WriteBytes(Definition);
        DefineFrame = writer.Frame.ToArray();
    }

    /// <summary>Its number, in this process and its workers.</summary>
    public int Id { get; }

    public MethodInfo Method { get; }

    public ParameterInfo[] Parameters { get; }

    /// <summary>What a worker needs to find it.</summary>
    public byte[] Definition { get; }

    /// <summary>The frame that makes it known to a worker.</summary>
    public byte[] DefineFrame { get; }

    /// <summary>The method of a delegate.</summary>
    /// <exception cref="NotShippableException">It is more than a static method.</exception>
    public static ShippedMethod Of(Delegate work) =>
        s_byDelegate.TryGetValue(work, out var known) ? known : Learn(work);

    /// <summary>A static method, called by its arguments.</summary>
    /// <exception cref="NotShippableException">Another process does not have it.</exception>
    public static ShippedMethod Of(MethodInfo method)
    {
        CheckHome(method);
        return s_known.GetOrAdd(new MethodDefinition(method, null), static d => new ShippedMethod(d));
    }

    private static ShippedMethod Learn(Delegate work)
    {
        if (!work.HasSingleTarget)
        {
            throw new NotShippableException("A delegate of several methods cannot go to another process.");
        }

        CheckTarget(work);
        CheckHome(work.Method);
        var shipped = s_known.GetOrAdd(
            new MethodDefinition(work.Method, work.GetType()), static d => new ShippedMethod(d));
        s_byDelegate.TryAdd(work, shipped);
        return shipped;
    }

    private static void CheckTarget(Delegate work)
    {
        if (work.Target is not { } target)
        {
            return;
        }

        var type = target.GetType();
        var isClosure = type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) && !work.Method.IsStatic;
        if (!isClosure)
        {
            throw new NotShippableException(
                $"{MethodName.Of(work.Method)} is called on an object, a {type}, which stays in this process. "
                    + "Use a static method, or CallAsync with an expression.");
        }

        var captured = CapturedBy(type).Distinct().ToList();
        if (captured.Count > 0)
        {
            throw new NotShippableException(
                $"The work in {MethodName.Of(work.Method)} captures {string.Join(", ", captured)}. Give it as an "
                    + "argument, or use CallAsync with an expression, which evaluates its arguments here.");
        }
    }

    /// <summary>The captured variables, by the names of the fields the compiler made of them.</summary>
    private static IEnumerable<string> CapturedBy(Type closure)
    {
        foreach (var field in closure.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (field.Name.EndsWith("__this", StringComparison.Ordinal))
            {
                yield return $"'this' ({field.FieldType})";
            }
            else if (field.Name.StartsWith("CS$<>", StringComparison.Ordinal))
            {
                foreach (var outer in CapturedBy(field.FieldType))
                {
                    yield return outer;
                }
            }
            else if (!field.Name.StartsWith("<>", StringComparison.Ordinal))
            {
                yield return $"'{field.Name}' ({field.FieldType})";
            }
        }
    }

    private static void CheckHome(MethodInfo method)
    {
        if (method.DeclaringType is not { } owner || owner.Assembly.IsDynamic)
        {
            throw new NotShippableException($"{method.Name} was made at run time; another process does not have it.");
        }

        if (AssemblyLoadContext.GetLoadContext(owner.Assembly) != AssemblyLoadContext.Default)
        {
            throw new NotShippableException(
                $"{MethodName.Of(method)} is in {owner.Assembly.GetName().Name}, which was loaded into a context of "
                    + "its own; another process does not have that.");
        }
    }
}
