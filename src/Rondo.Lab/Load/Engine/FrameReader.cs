using System.Buffers.Binary;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// Reads the WebSocket frames of a server piece by piece: a message is an answer, in one frame or many; its payload is
/// counted and never kept but for its beginning. Nothing is allocated per message.
/// </summary>
/// <param name="keptBytes">How many bytes of a message are kept.</param>
internal sealed class FrameReader(int keptBytes = 0) : AnswerReader
{
    private const int LongestHead = 10;
    private const int LongestControl = 125;

    private readonly byte[] _head = new byte[LongestHead];
    private readonly byte[] _control = new byte[LongestControl];
    private readonly byte[] _begin = new byte[keptBytes];
    private int _headLength;
    private int _controlLength;
    private ulong _left;
    private FrameKind _kind;
    private bool _isFinal;
    private bool _isInFrame;
    private bool _isInMessage;
    private bool _isWhole;

    /// <summary>The payload of a ping that wants its pong; taken once.</summary>
    public byte[]? OwedPong { get; set; }

    /// <summary>How the message begins, as far as it is kept.</summary>
    public ReadOnlySpan<byte> Begin => _begin.AsSpan(0, (int)Math.Min(BodyBytes, keptBytes));

    public override void Reset()
    {
        (_headLength, _controlLength, _left) = (0, 0, 0);
        (_isInFrame, _isInMessage, OwedPong) = (false, false, null);
    }

    public override void Start(bool isHead)
    {
        (BodyBytes, HasBegun, _isWhole) = (0, false, false);
        (Status, KeepsAlive) = (200, true);
    }

    /// <summary>Reads on behind a whole message as long as control frames come: they belong to nobody.</summary>
    public override ResponseStep Read(ReadOnlySpan<byte> piece, out int used)
    {
        var rest = piece;
        var step = ResponseStep.More;
        while (step == ResponseStep.More)
        {
            if (!_isInFrame)
            {
                if (!TryReadHead(ref rest, out step))
                {
                    break;
                }
            }

            if (step == ResponseStep.More && !ReadPayload(ref rest, out step))
            {
                break;
            }
        }

        used = piece.Length - rest.Length;
        return step == ResponseStep.More && _isWhole ? ResponseStep.Complete : step;
    }

    public override bool IsWholeAtEnd() => false;

    private bool TryReadHead(ref ReadOnlySpan<byte> rest, out ResponseStep step)
    {
        step = ResponseStep.More;
        while (_headLength < HeadLength())
        {
            // The next message is another answer.
            if (rest.IsEmpty || (_isWhole && _headLength == 0 && (rest[0] & 0x0F) < (int)FrameKind.Close))
            {
                step = rest.IsEmpty ? ResponseStep.More : ResponseStep.Complete;
                return false;
            }

            _head[_headLength++] = rest[0];
            rest = rest[1..];
        }

        _kind = (FrameKind)(_head[0] & 0x0F);
        _isFinal = (_head[0] & 0x80) != 0;
        _left = (_head[1] & 0x7F) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(_head.AsSpan(2)),
            127 => BinaryPrimitives.ReadUInt64BigEndian(_head.AsSpan(2)),
            var length => (ulong)length,
        };
        Problem = (_head[0] & 0x70) != 0 ? "a frame has reserved bits"
            : (_head[1] & 0x80) != 0 ? "a frame of the server is masked"
            : !Enum.IsDefined(_kind) ? $"there is no opcode {(int)_kind}"
            : IsControl && (!_isFinal || _left > LongestControl) ? "a control frame is too long"
            : !IsControl && _isInMessage != (_kind == FrameKind.Continuation) ? "a message begins inside of another"
            : _left > long.MaxValue ? "a frame is too long"
            : "";
        if (Problem.Length > 0)
        {
            step = ResponseStep.Malformed;
            return false;
        }

        (_headLength, _controlLength, _isInFrame) = (0, 0, true);
        HasBegun |= !IsControl;
        return true;
    }

    private bool IsControl => _kind >= FrameKind.Close;

    private int HeadLength() => _headLength < 2 ? 2 : (_head[1] & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 };

    // False if more bytes are needed.
    private bool ReadPayload(ref ReadOnlySpan<byte> rest, out ResponseStep step)
    {
        step = ResponseStep.More;
        var part = rest[..(int)Math.Min(_left, (ulong)rest.Length)];
        rest = rest[part.Length..];
        _left -= (ulong)part.Length;
        if (IsControl)
        {
            part.CopyTo(_control.AsSpan(_controlLength));
            _controlLength += part.Length;
        }
        else
        {
            if (BodyBytes < keptBytes)
            {
                part[..(int)Math.Min(part.Length, keptBytes - BodyBytes)].CopyTo(_begin.AsSpan((int)BodyBytes));
            }

            BodyBytes += part.Length;
            Hash?.AppendData(part);
        }

        if (_left > 0)
        {
            return false;
        }

        _isInFrame = false;
        if (!IsControl)
        {
            _isInMessage = !_isFinal;
            _isWhole = _isFinal;
        }
        else if (_kind == FrameKind.Ping)
        {
            OwedPong = _control[.._controlLength];
        }
        else if (_kind == FrameKind.Close && _isWhole)
        {
            // The answer is whole; that the server leaves behind it is no failure of it.
            KeepsAlive = false;
            step = ResponseStep.Complete;
        }
        else if (_kind == FrameKind.Close)
        {
            var code = _controlLength >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(_control) : 1005;
            Problem = $"the server closed the WebSocket with {code}";
            step = ResponseStep.Closing;
        }

        return true;
    }
}
