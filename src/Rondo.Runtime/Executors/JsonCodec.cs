using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Rondo.Runtime.Executors;

/// <summary>
/// Everything else, as JSON with fields. What would arrive as something else than it was is refused: a value of a
/// derived type, a type that shows nothing of its state.
/// </summary>
internal sealed class JsonCodec<T> : ValueCodec<T>
{
    private readonly string? _refusal = RefusalOf(typeof(T));

    public override void Write(FrameWriter writer, T value)
    {
        if (_refusal is not null)
        {
            throw new NotSupportedException(_refusal);
        }

        if (value is not null && value.GetType() != typeof(T) && IsCutTo(typeof(T)))
        {
            throw new NotSupportedException(
                $"its value is a {value.GetType()}, of which only the part in {typeof(T)} would arrive.");
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(value, JsonCodecOptions.Instance);
        writer.WriteInt32(json.Length);
        writer.WriteBytes(json);
    }

    public override T Read(ref FrameReader reader) =>
        JsonSerializer.Deserialize<T>(reader.ReadBytes(reader.ReadInt32()), JsonCodecOptions.Instance)!;

    private static string? RefusalOf(Type type)
    {
        if (typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>)))
        {
            return "an executor does not await. Start asynchronous work with CreateTask.";
        }

        if (type == typeof(CancellationToken) || type == typeof(object) || typeof(Stream).IsAssignableFrom(type))
        {
            return $"a {type} means nothing in another process.";
        }

        try
        {
            return IsObject(type) && JsonCodecOptions.Instance.GetTypeInfo(type) is
            { Kind: JsonTypeInfoKind.Object, Properties.Count: 0 } && HasState(type)
                    ? "it has no public property or field."
                    : null;
        }
        catch (Exception error) when (error is NotSupportedException or InvalidOperationException)
        {
            return error.Message;
        }
    }

    private static bool IsObject(Type type) => !type.IsInterface && !type.IsAbstract && !type.IsPrimitive;

    private static bool HasState(Type type) =>
        type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Length > 0;

    private static bool IsCutTo(Type declared) => declared is { IsValueType: false, IsInterface: false }
        && !typeof(IEnumerable).IsAssignableFrom(declared)
        && declared.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).FirstOrDefault() is null;
}

internal static class JsonCodecOptions
{
    // A resolver of its own: a program may have switched the reflecting default off.
    public static readonly JsonSerializerOptions Instance = new()
    {
        IncludeFields = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };
}
