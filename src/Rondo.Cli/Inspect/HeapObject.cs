using Microsoft.Diagnostics.Runtime;

namespace Rondo.Cli.Inspect;

/// <summary>
/// An object, or a struct inside one, in the memory of another process. Whatever is missing reads as nothing.
/// </summary>
internal readonly record struct HeapObject(ClrHeap Heap, ClrType Type, ulong Address, bool IsInside)
{
    public string TypeName => Type.Name ?? "";

    public static HeapObject? At(ClrHeap heap, ulong address) =>
        address != 0 && heap.GetObjectType(address) is { } type ? new HeapObject(heap, type, address, false) : null;

    public ulong Reference(string field) =>
        Type.GetFieldByName(field) is { IsObjectReference: true } found
            ? found.ReadObject(Address, IsInside).Address
            : 0;

    public HeapObject? Object(string field) => At(Heap, Reference(field));

    public int Number(string field, int fallback = 0) =>
        Type.GetFieldByName(field) is { ElementType: ClrElementType.Int32 } found
            ? found.Read<int>(Address, IsInside)
            : fallback;

    public long LongNumber(string field) =>
        Type.GetFieldByName(field) is { ElementType: ClrElementType.Int64 } found
            ? found.Read<long>(Address, IsInside)
            : 0;

    public bool Flag(string field) =>
        Type.GetFieldByName(field) is { ElementType: ClrElementType.Boolean } found
            && found.Read<byte>(Address, IsInside) != 0;

    public string? Text(string field) =>
        Type.GetFieldByName(field) is { IsObjectReference: true } found
            && found.ReadObject(Address, IsInside) is { IsNull: false, Type.IsString: true } text
                ? text.AsString()
                : null;

    /// <summary>What the field holds, be it a reference or a struct.</summary>
    public HeapObject? Part(ClrInstanceField field) => field switch
    {
        { IsObjectReference: true } => At(Heap, field.ReadObject(Address, IsInside).Address),
        { IsValueType: true, IsPrimitive: false, Type: { } type } =>
            new HeapObject(Heap, type, field.GetAddress(Address, IsInside), true),
        _ => null,
    };

    /// <inheritdoc cref="Part(ClrInstanceField)"/>
    public HeapObject? Part(string field) => Type.GetFieldByName(field) is { } found ? Part(found) : null;

    /// <summary>The references in an array or a list; the object itself when it is neither.</summary>
    public IEnumerable<ulong> Items()
    {
        var array = Type.IsArray ? this : Object("_items");
        if (array is not { Type.IsArray: true } items)
        {
            return [Address];
        }

        var elements = Heap.GetObject(items.Address).AsArray();
        return Enumerable.Range(0, elements.Length)
            .Select(i => elements.GetObjectValue(i).Address)
            .Where(a => a != 0)
            .ToList();
    }

    public bool Is(string baseType)
    {
        for (var type = Type; type is not null; type = type.BaseType)
        {
            if (type.Name == baseType)
            {
                return true;
            }
        }

        return false;
    }
}
