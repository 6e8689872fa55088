using System.Collections.Concurrent;
using System.Reflection;

namespace Rondo.Runtime.Executors;

/// <summary>Writes values of one type into frames and reads them: arguments and results.</summary>
internal abstract class ValueCodec
{
    private static readonly ConcurrentDictionary<Type, ValueCodec> s_known = new();

    // Besides the primitive ones and enumerations: values whose bytes are all there is to them.
    private static readonly HashSet<Type> s_plain =
    [
        typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly),
        typeof(TimeOnly), typeof(Half), typeof(Int128), typeof(UInt128),
    ];

    /// <summary>The codec of a type that is known only at run time.</summary>
    public static ValueCodec For(Type type) => s_known.GetOrAdd(type, static t =>
        (ValueCodec)typeof(ValueCodec<>).MakeGenericType(t)
            .GetField(nameof(ValueCodec<>.Instance), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!);

    public abstract void WriteObject(FrameWriter writer, object? value);

    public abstract object? ReadObject(ref FrameReader reader);

    protected static Type Choose(Type type) => type switch
    {
        _ when type == typeof(string) => typeof(StringCodec),
        _ when IsPlain(type) => typeof(PlainCodec<>).MakeGenericType(type),
        { IsSZArray: true } when IsPlain(type.GetElementType()!) =>
            typeof(BlockCodec<>).MakeGenericType(type.GetElementType()!),
        _ when typeof(Delegate).IsAssignableFrom(type) => typeof(DelegateCodec<>).MakeGenericType(type),
        _ => typeof(JsonCodec<>).MakeGenericType(type),
    };

    private static bool IsPlain(Type type) => type.IsPrimitive || type.IsEnum || s_plain.Contains(type);
}

/// <inheritdoc cref="ValueCodec"/>
internal abstract class ValueCodec<T> : ValueCodec
{
    public static readonly ValueCodec<T> Instance =
        (ValueCodec<T>)Activator.CreateInstance(Choose(typeof(T)), nonPublic: true)!;

    public abstract void Write(FrameWriter writer, T value);

    public abstract T Read(ref FrameReader reader);

    public sealed override void WriteObject(FrameWriter writer, object? value) => Write(writer, (T)value!);

    public sealed override object? ReadObject(ref FrameReader reader) => Read(ref reader);
}

/// <summary>Numbers and what else is nothing but its bytes.</summary>
internal sealed class PlainCodec<T> : ValueCodec<T>
    where T : struct
{
    public override void Write(FrameWriter writer, T value) => writer.Write(in value);

    public override T Read(ref FrameReader reader) => reader.Read<T>();
}

internal sealed class StringCodec : ValueCodec<string?>
{
    public override void Write(FrameWriter writer, string? value) => writer.WriteString(value);

    public override string? Read(ref FrameReader reader) => reader.ReadString();
}
