using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rondo.Runtime.Executors;

/// <summary>Reads what a <see cref="FrameWriter"/> has written.</summary>
internal ref struct FrameReader(ReadOnlySpan<byte> frame)
{
    private ReadOnlySpan<byte> _rest = frame;

    public byte ReadByte() => ReadBytes(1)[0];

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(ReadBytes(sizeof(int)));

    public T Read<T>()
        where T : struct =>
        MemoryMarshal.Read<T>(ReadBytes(Unsafe.SizeOf<T>()));

    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        var bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    public string? ReadString()
    {
        var length = ReadInt32();
        return length < 0 ? null : new string(MemoryMarshal.Cast<byte, char>(ReadBytes(length * sizeof(char))));
    }
}
