using System.Collections.Concurrent;
using System.Reflection;

namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// Reads the fields of objects nobody here knows the type of, and calls none of their code.
/// </summary>
/// <threadsafety>Any thread; what changes meanwhile may be read half changed.</threadsafety>
internal static class FieldsOf
{
    private const int Deepest = 4;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = new();

    /// <summary>Whether a value of a struct type is all zeros and nulls. A class instance never is.</summary>
    public static bool IsBlank(object value) =>
        value.GetType().IsValueType && (value.GetType().IsPrimitive
            ? value.Equals(Activator.CreateInstance(value.GetType()))
            : Array.TrueForAll(
                Of(value), f => f.FieldType.IsPointer || f.GetValue(value) is not { } part || IsBlank(part)));

    /// <summary>
    /// What an awaiter waits for: the first task, value task source or promise of this package that it holds, itself or
    /// in a struct inside it.
    /// </summary>
    public static object? Target(object awaiter, int depth = 0)
    {
        if (awaiter is Task or IPromiseOwner || IsValueTaskSource(awaiter))
        {
            return awaiter;
        }

        if (depth == Deepest || awaiter.GetType().IsPrimitive)
        {
            return null;
        }

        foreach (var field in Of(awaiter))
        {
            if (!field.FieldType.IsPointer
                && (field.FieldType.IsValueType || field.FieldType == typeof(object) || CanBeAwaited(field.FieldType))
                && field.GetValue(awaiter) is { } part
                && Target(part, depth + 1) is { } target)
            {
                return target;
            }
        }

        return null;
    }

    /// <summary>The first field that holds a <typeparamref name="T"/>; null when none does.</summary>
    public static T? First<T>(object value)
        where T : class
    {
        foreach (var field in Of(value))
        {
            if (!field.FieldType.IsValueType && !field.FieldType.IsPointer && field.GetValue(value) is T found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The field of this name, wherever in the hierarchy; null when there is none or it is empty.</summary>
    public static object? Named(object value, string name) =>
        Array.Find(Of(value), f => f.Name == name)?.GetValue(value);

    /// <summary>What a value task source made with the platform's core keeps; null without one.</summary>
    public static object? Core(object source) => Array.Find(
        Of(source),
        f => f.FieldType.Name.StartsWith("ManualResetValueTaskSourceCore", StringComparison.Ordinal))?.GetValue(source);

    public static bool IsValueTaskSource(object value) => Array.Exists(
        value.GetType().GetInterfaces(),
        i => i.Namespace == "System.Threading.Tasks.Sources"
            && i.Name.StartsWith("IValueTaskSource", StringComparison.Ordinal));

    private static bool CanBeAwaited(Type type) =>
        typeof(Task).IsAssignableFrom(type) || type.Namespace == "System.Threading.Tasks.Sources"
        || (type.Assembly == typeof(FieldsOf).Assembly && type != typeof(EventLoop));

    private static FieldInfo[] Of(object value) => s_fields.GetOrAdd(value.GetType(), static type =>
    {
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            fields.AddRange(level.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        }

        return [.. fields];
    });
}
