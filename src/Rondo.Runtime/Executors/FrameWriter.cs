using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Rondo.Runtime.Executors;

/// <summary>
/// Builds a frame: its length in four bytes, then what is written. Numbers are little-endian. One thread at a time.
/// </summary>
internal sealed class FrameWriter : IDisposable
{
    /// <summary>Bytes that hold the length of what follows.</summary>
    public const int HeaderBytes = sizeof(int);

    private const int FirstBytes = 256;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _length = HeaderBytes;

    /// <summary>How long the frame is, header included.</summary>
    public int Length => _length;

    /// <summary>The frame, ready to be sent; valid until something is written.</summary>
    public ReadOnlySpan<byte> Frame
    {
        get
        {
            BinaryPrimitives.WriteInt32LittleEndian(_buffer, _length - HeaderBytes);
            return _buffer.AsSpan(0, _length);
        }
    }

    /// <summary>Begins a frame anew; a large buffer is given back.</summary>
    public void Clear()
    {
        _length = HeaderBytes;
        if (_buffer.Length > FrameSocket.LargestKept)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        }
    }

    public void WriteByte(byte value) => Take(1)[0] = value;

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    public void Write<T>(in T value)
        where T : struct =>
        MemoryMarshal.Write(Take(System.Runtime.CompilerServices.Unsafe.SizeOf<T>()), in value);

    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>As UTF-16, so that every string survives, one that is not valid text too.</summary>
    public void WriteString(string? text)
    {
        if (text is null)
        {
            WriteInt32(-1);
            return;
        }

        WriteInt32(text.Length);
        WriteBytes(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Span<byte> Take(int bytes)
    {
        var start = _length;
        var needed = checked(start + bytes);
        if (needed > _buffer.Length)
        {
            Grow(needed);
        }

        _length = needed;
        return _buffer.AsSpan(start, bytes);
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
