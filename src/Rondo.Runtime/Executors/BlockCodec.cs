using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rondo.Runtime.Executors;

/// <summary>Arrays of numbers and the like, as one block of bytes.</summary>
internal sealed class BlockCodec<T> : ValueCodec<T[]?>
    where T : struct
{
    public override void Write(FrameWriter writer, T[]? value)
    {
        if (value is null)
        {
            writer.WriteInt32(-1);
            return;
        }

        writer.WriteInt32(value.Length);
        writer.WriteBytes(MemoryMarshal.AsBytes<T>(value));
    }

    public override T[]? Read(ref FrameReader reader)
    {
        var length = reader.ReadInt32();
        if (length < 0)
        {
            return null;
        }

        // Every byte is overwritten.
        var value = GC.AllocateUninitializedArray<T>(length);
        reader.ReadBytes(checked(length * Unsafe.SizeOf<T>())).CopyTo(MemoryMarshal.AsBytes(value.AsSpan()));
        return value;
    }
}
