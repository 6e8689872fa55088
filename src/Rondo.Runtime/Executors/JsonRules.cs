using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Rondo.Runtime.Executors;

/// <summary>
/// How values cross as JSON, at whatever depth: with their fields, and refused with <see cref="NotSupportedException"/>
/// where they would arrive as something else than they were.
/// </summary>
internal static class JsonRules
{
    // A resolver of its own: a program may have switched the reflecting default off.
    public static readonly JsonSerializerOptions Options = new()
    {
        IncludeFields = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Guard } },
    };

    /// <exception cref="NotSupportedException">No value of this type means anything in another process.</exception>
    public static void ThrowIfMeaningless(Type type)
    {
        if (ReasonAgainst(type) is { } reason)
        {
            throw new NotSupportedException(reason);
        }
    }

    private static string? ReasonAgainst(Type type)
    {
        if (typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>)))
        {
            return "an executor does not await. Start asynchronous work with CreateTask.";
        }

        return type == typeof(CancellationToken) || type == typeof(object) || typeof(Stream).IsAssignableFrom(type)
            ? $"a {type} means nothing in another process."
            : null;
    }

    private static void Guard(JsonTypeInfo info)
    {
        if (info.ElementType == typeof(object))
        {
            ThrowIfMeaningless(info.ElementType);
        }

        if (info.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        if (ReasonAgainst(info.Type) is not null)
        {
            // Or it would be one of those that is found wanting.
            info.Properties.Clear();
        }

        foreach (var property in info.Properties)
        {
            if (property.PropertyType == typeof(object) && property.Get is { } get)
            {
                property.Get = owner => get(owner) is { } value ? throw new NotSupportedException(
                    $"'{property.Name}' is a {value.GetType()} declared as {typeof(object)}.") : null;
            }
        }

        var reason = ReasonAgainst(info.Type)
            ?? (info.Properties.Count == 0 && HasState(info.Type) ? "it has no public property or field." : null);
        var isWhole = info.Type.IsValueType || info.PolymorphismOptions is not null;
        if (reason is null && isWhole)
        {
            return;
        }

        // Called with each value that is about to be written as this type, also inside others.
        var next = info.OnSerializing;
        info.OnSerializing = value =>
        {
            if (reason is not null)
            {
                throw new NotSupportedException(reason);
            }

            if (value.GetType() != info.Type)
            {
                throw new NotSupportedException(
                    $"its value is a {value.GetType()}, of which only the part in {info.Type} would arrive.");
            }

            next?.Invoke(value);
        };
    }

    private static bool HasState(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Length > 0;
}
