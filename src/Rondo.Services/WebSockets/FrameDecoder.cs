using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Rondo.Services.WebSockets;

/// <summary>
/// Takes a client's bytes apart into messages by RFC 6455, strictly: what the protocol forbids is a fault with its
/// code, and so is a length beyond the limit, before any of it is taken in. Holds no memory between messages.
/// </summary>
internal sealed class FrameDecoder(int mostBytes) : IDisposable
{
    private const int LongestHeader = 14;
    private const int FirstBuffer = 4096;
    private const int Continuation = 0;
    private const int TextOpcode = 1;
    private const int BinaryOpcode = 2;
    private const int CloseOpcode = 8;
    private const int PingOpcode = 9;
    private const int PongOpcode = 10;
    private const int LongestControl = 125;
    private const int ProtocolError = 1002;
    private const int NoCode = 1005;
    private const int InvalidText = 1007;
    private const int TooBig = 1009;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    // A message of several frames: what there is of it, and what it is.
    private byte[]? _message;
    private int _messageBytes;
    private int _messageOpcode;

    /// <summary>Whether a frame or a message has begun and not ended.</summary>
    public bool IsHalf => _end > _start || _messageOpcode != 0;

    /// <summary>Room for what is read next; then tell how much it was with <see cref="Received"/>.</summary>
    public Memory<byte> GetMemory()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(FirstBuffer);
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Grow(ref _buffer, _end, Math.Min(_buffer.Length * 2, mostBytes + LongestHeader));
        }

        return _buffer.AsMemory(_end);
    }

    public void Received(int bytes) => _end += bytes;

    /// <summary>What comes next of what was received.</summary>
    public Incoming Next()
    {
        if (_end == _start)
        {
            Release();
            return default;
        }

        var bytes = _buffer.AsSpan(_start.._end);
        if (bytes.Length < 2)
        {
            return default;
        }

        if (FaultOfHeader(bytes[0], bytes[1]) is { } fault)
        {
            return new Incoming(IncomingKind.Fault, Code: ProtocolError, Reason: fault);
        }

        var lengthBytes = (bytes[1] & 0x7f) switch { 126 => 2, 127 => 8, _ => 0 };
        if (bytes.Length < 2 + lengthBytes)
        {
            return default;
        }

        var length = lengthBytes switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            8 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => (ulong)(bytes[1] & 0x7f),
        };
        if ((lengthBytes == 2 && length < 126) || (lengthBytes == 8 && length is <= ushort.MaxValue or > long.MaxValue))
        {
            return new Incoming(
                IncomingKind.Fault, Code: ProtocolError, Reason: "The length is not written in its shortest form.");
        }

        if (length > (ulong)(mostBytes - _messageBytes))
        {
            return new Incoming(
                IncomingKind.Fault, Code: TooBig, Reason: $"A message has at most {mostBytes} bytes.");
        }

        var header = 2 + lengthBytes + 4;
        if (bytes.Length < header + (int)length)
        {
            return default;
        }

        var payload = _buffer.AsMemory(_start + header, (int)length);
        Unmask(payload.Span, bytes.Slice(header - 4, 4));
        _start += header + (int)length;
        return Take(bytes[0] & 0xf, (bytes[0] & 0x80) != 0, payload);
    }

    public void Dispose()
    {
        _start = _end;
        Release();
        EndMessage();
    }

    private string? FaultOfHeader(byte first, byte second)
    {
        var (opcode, isLast) = (first & 0xf, (first & 0x80) != 0);
        return (first & 0x70) != 0 ? "A reserved bit is set, and no extension was agreed on."
            : (second & 0x80) == 0 ? "A client's frame must be masked."
            : opcode is not (<= BinaryOpcode or (>= CloseOpcode and <= PongOpcode)) ? $"There is no opcode {opcode}."
            : opcode >= CloseOpcode && !isLast ? "A control frame cannot be in pieces."
            : opcode >= CloseOpcode && (second & 0x7f) > LongestControl ? "A control frame has at most 125 bytes."
            : opcode == Continuation && _messageOpcode == 0 ? "A continuation without a beginning."
            : opcode is TextOpcode or BinaryOpcode && _messageOpcode != 0 ? "A message began inside another."
            : null;
    }

    private Incoming Take(int opcode, bool isLast, ReadOnlyMemory<byte> payload)
    {
        switch (opcode)
        {
            case PingOpcode:
                return new Incoming(IncomingKind.Ping, payload);
            case PongOpcode:
                return new Incoming(IncomingKind.Pong, payload);
            case CloseOpcode:
                return Close(payload.Span);
            default:
                break;
        }

        if (isLast && _messageOpcode == 0)
        {
            return Whole(opcode, payload);
        }

        _messageOpcode = opcode == Continuation ? _messageOpcode : opcode;
        _message ??= ArrayPool<byte>.Shared.Rent(FirstBuffer);
        if (_message.Length - _messageBytes < payload.Length)
        {
            Grow(ref _message, _messageBytes, Math.Max(_message.Length * 2, _messageBytes + payload.Length));
        }

        payload.Span.CopyTo(_message.AsSpan(_messageBytes));
        _messageBytes += payload.Length;
        if (!isLast)
        {
            return Next();
        }

        // The caller has done with it before it asks again: it can stand where the frames stood.
        var whole = Whole(_messageOpcode, _message.AsSpan(0, _messageBytes).ToArray());
        EndMessage();
        return whole;
    }

    private static Incoming Whole(int opcode, ReadOnlyMemory<byte> message) =>
        opcode == BinaryOpcode ? new Incoming(IncomingKind.Binary, message)
        : Utf8.IsValid(message.Span) ? new Incoming(IncomingKind.Text, message)
        : new Incoming(IncomingKind.Fault, Code: InvalidText, Reason: "The text is not UTF-8.");

    private static Incoming Close(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return new Incoming(IncomingKind.Close, Code: NoCode);
        }

        var code = payload.Length == 1 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(payload);
        return code is not ((>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999))
            ? new Incoming(IncomingKind.Fault, Code: ProtocolError, Reason: "That is no close code.")
            : Utf8.IsValid(payload[2..])
                ? new Incoming(IncomingKind.Close, Code: code)
                : new Incoming(IncomingKind.Fault, Code: InvalidText, Reason: "The reason is not UTF-8.");
    }

    private static void Unmask(Span<byte> payload, ReadOnlySpan<byte> mask)
    {
        var four = MemoryMarshal.Read<uint>(mask);
        var eight = ((ulong)four << 32) | four;
        var words = MemoryMarshal.Cast<byte, ulong>(payload);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] ^= eight;
        }

        for (var i = words.Length * sizeof(ulong); i < payload.Length; i++)
        {
            payload[i] ^= mask[i & 3];
        }
    }

    private static void Grow(ref byte[] array, int used, int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        array.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(array);
        array = larger;
    }

    private void Release()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _start, _end) = (null, 0, 0);
        }
    }

    private void EndMessage()
    {
        if (_message is not null)
        {
            ArrayPool<byte>.Shared.Return(_message);
            _message = null;
        }

        (_messageBytes, _messageOpcode) = (0, 0);
    }
}
