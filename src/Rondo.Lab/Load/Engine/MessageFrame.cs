using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Rondo.Lab.Load.Engine;

/// <summary>A WebSocket message of a client as one frame (RFC 6455, 5.2), masked anew whenever it is sent.</summary>
internal sealed class MessageFrame
{
    private const byte IsFinal = 0x80;
    private const byte IsMasked = 0x80;
    private const int MaskBytes = 4;

    private readonly byte[] _payload;
    private readonly byte[] _frame;
    private readonly int _head;

    public MessageFrame(byte[] payload, FrameKind kind)
    {
        _payload = payload;
        var extended = payload.Length switch { < 126 => 0, <= ushort.MaxValue => 2, _ => 8 };
        _head = 2 + extended + MaskBytes;
        _frame = new byte[_head + payload.Length];
        _frame[0] = (byte)(IsFinal | (int)kind);
        switch (extended)
        {
            case 0:
                _frame[1] = (byte)(IsMasked | payload.Length);
                break;
            case 2:
                _frame[1] = IsMasked | 126;
                BinaryPrimitives.WriteUInt16BigEndian(_frame.AsSpan(2), (ushort)payload.Length);
                break;
            default:
                _frame[1] = IsMasked | 127;
                BinaryPrimitives.WriteUInt64BigEndian(_frame.AsSpan(2), (ulong)payload.Length);
                break;
        }
    }

    /// <summary>A normal closure, 1000: without a code it counts as a fault with some servers.</summary>
    public static MessageFrame Goodbye() => new([0x03, 0xE8], FrameKind.Close);

    /// <summary>What it says; may be changed before <see cref="Mask"/>.</summary>
    public Span<byte> Payload => _payload;

    /// <summary>The bytes to send, under a new mask. The same array every time.</summary>
    public byte[] Mask(uint mask)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_frame.AsSpan(_head - MaskBytes), mask);
        var whole = BitConverter.IsLittleEndian ? mask : BinaryPrimitives.ReverseEndianness(mask);
        var masks = new Vector<uint>(whole);
        var from = _payload.AsSpan();
        var to = _frame.AsSpan(_head);
        while (from.Length >= Vector<byte>.Count)
        {
            (new Vector<uint>(MemoryMarshal.Cast<byte, uint>(from)) ^ masks).CopyTo(MemoryMarshal.Cast<byte, uint>(to));
            from = from[Vector<byte>.Count..];
            to = to[Vector<byte>.Count..];
        }

        for (var i = 0; i < from.Length; i++)
        {
            to[i] = (byte)(from[i] ^ (mask >> (8 * (i & 3))));
        }

        return _frame;
    }
}
