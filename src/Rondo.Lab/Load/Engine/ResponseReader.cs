using System.Buffers.Text;
using System.Text;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// Reads HTTP/1.x responses piece by piece, as they come from the socket: status, framing headers, and the body, which
/// is counted and never kept. A head that arrives whole is read where it lies; only one that is cut is copied. Nothing
/// is allocated per response.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class ResponseReader : AnswerReader
{
    /// <summary>No honest head is longer.</summary>
    public const int LongestHead = 64 * 1024;

    private const int LongestPiece = 64 * 1024;
    private const int LongestChunkLine = 4096;
    private const int FirstHeadRoom = 1024;

    private byte[]? _head;
    private int _headLength;
    private State _state;
    private long _left;
    private int _lineLength;
    private int _trailerLength;
    private bool _isHead;
    private bool _hasChunkDigit;

    private enum State
    {
        Head,
        Body,
        BodyToEnd,
        ChunkSize,
        ChunkExtension,
        ChunkData,
        ChunkEnd,
        Trailer,
        Done,
    }

    public override void Start(bool isHead)
    {
        _isHead = isHead;
        _state = State.Head;
        _headLength = 0;
        BodyBytes = 0;
        HasBegun = false;
    }

    public override ResponseStep Read(ReadOnlySpan<byte> piece, out int used)
    {
        var rest = piece;
        var step = ResponseStep.More;
        HasBegun |= !piece.IsEmpty;
        while (!rest.IsEmpty && step == ResponseStep.More && _state != State.Done)
        {
            step = _state switch
            {
                State.Head => ReadHead(ref rest),
                State.Body or State.BodyToEnd or State.ChunkData => ReadBody(ref rest),
                _ => ReadFraming(ref rest),
            };
        }

        used = piece.Length - rest.Length;
        return step == ResponseStep.More && _state == State.Done ? ResponseStep.Complete : step;
    }

    public override bool IsWholeAtEnd() => _state is State.BodyToEnd or State.Done;

    private ResponseStep ReadHead(ref ReadOnlySpan<byte> rest)
    {
        if (_headLength == 0)
        {
            var length = LengthOfHead(rest);
            if (length > 0)
            {
                var head = rest[..length];
                rest = rest[length..];
                return Understand(head);
            }
        }

        var before = _headLength;
        if (!Keep(rest))
        {
            return Refuse("its head does not end within 64 KiB");
        }

        // Only a line's end can complete a head, so a piece without one is not worth another look.
        var all = _head.AsSpan(0, _headLength);
        var end = rest.Contains((byte)'\n') ? LengthOfHead(all) : 0;
        rest = end == 0 ? default : rest[(end - before)..];
        return end == 0 ? ResponseStep.More : Understand(all[..end]);
    }

    private bool Keep(ReadOnlySpan<byte> piece)
    {
        var needed = _headLength + piece.Length;
        if (needed > LongestHead + LongestPiece)
        {
            return false;
        }

        if (_head is null || _head.Length < needed)
        {
            Array.Resize(ref _head, Math.Max(needed * 2, FirstHeadRoom));
        }

        piece.CopyTo(_head.AsSpan(_headLength));
        _headLength = needed;
        return needed <= LongestHead || LengthOfHead(_head.AsSpan(0, needed)) > 0;
    }

    // Up to and with the empty line; 0 if it is not there.
    private static int LengthOfHead(ReadOnlySpan<byte> bytes)
    {
        var found = bytes.IndexOf("\r\n\r\n"u8);
        var bare = (found < 0 ? bytes : bytes[..found]).IndexOf("\n\n"u8);
        return bare >= 0 ? bare + 2 : found >= 0 ? found + 4 : 0;
    }

    private ResponseStep Understand(ReadOnlySpan<byte> head)
    {
        _headLength = 0;
        var end = head.IndexOf((byte)'\n');
        var line = head[..end];
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' '
            || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var digits) || digits != 3 || status < 100
            || (line.Length > 12 && line[12] is not ((byte)' ' or (byte)'\r')))
        {
            return Refuse("it does not begin with an HTTP/1 status line");
        }

        Status = status;
        KeepsAlive = line[7] != '0';
        var headers = new Framing();
        for (var rest = head[(end + 1)..]; !rest.IsEmpty; rest = rest[(end + 1)..])
        {
            end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            if (!ReadHeader(rest[..end], ref headers))
            {
                return ResponseStep.Malformed;
            }
        }

        return Frame(headers);
    }

    // A first look at length and letter: most headers are neither of the four.
    private bool ReadHeader(ReadOnlySpan<byte> line, ref Framing headers)
    {
        var colon = line.IndexOf((byte)':');
        if (colon is 14 or 17 or 10 or 6)
        {
            var name = line[..colon];
            var value = line[(colon + 1)..].Trim(" \t\r"u8);
            if (colon == 14 && Ascii.EqualsIgnoreCase(name, "content-length"u8))
            {
                if (!Utf8Parser.TryParse(value, out long length, out var used) || used != value.Length || length < 0
                    || value[0] == '+' || (headers.HasLength && headers.Length != length))
                {
                    Refuse("its Content-Length is no number, or there are two");
                    return false;
                }

                (headers.HasLength, headers.Length) = (true, length);
            }
            else if (colon == 17 && Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
            {
                headers.IsChunked = HasToken(value[(value.LastIndexOf((byte)',') + 1)..], "chunked"u8);
                headers.IsEncoded = true;
            }
            else if (colon == 10 && Ascii.EqualsIgnoreCase(name, "connection"u8))
            {
                KeepsAlive = KeepsAlive ? !HasToken(value, "close"u8) : HasToken(value, "keep-alive"u8);
            }
            else if (WantsServer && colon == 6 && Ascii.EqualsIgnoreCase(name, "server"u8))
            {
                Server = Encoding.Latin1.GetString(value);
                WantsServer = false;
            }
        }

        return true;
    }

    // Whether a list, mostly of one, has this among what its commas separate.
    private static bool HasToken(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        for (var comma = list.IndexOf((byte)','); comma >= 0; comma = list.IndexOf((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(list[..comma].Trim(" \t"u8), token))
            {
                return true;
            }

            list = list[(comma + 1)..];
        }

        return Ascii.EqualsIgnoreCase(list.Trim(" \t"u8), token);
    }

    private ResponseStep Frame(in Framing headers)
    {
        if (Status < 200 && Status != 101)
        {
            _state = State.Head;
            return ResponseStep.More;
        }

        if (_isHead || Status is 204 or 304 or 101)
        {
            _state = State.Done;
        }
        else if (headers.IsEncoded)
        {
            if (headers.HasLength)
            {
                return Refuse("it has both a length and a transfer encoding");
            }

            (_state, _left, _hasChunkDigit) = (headers.IsChunked ? State.ChunkSize : State.BodyToEnd, 0, false);
            (_lineLength, _trailerLength) = (0, 0);
            KeepsAlive &= headers.IsChunked;
        }
        else if (headers.HasLength)
        {
            (_state, _left) = (headers.Length > 0 ? State.Body : State.Done, headers.Length);
        }
        else
        {
            (_state, KeepsAlive) = (State.BodyToEnd, false);
        }

        return ResponseStep.More;
    }

    private ResponseStep ReadBody(ref ReadOnlySpan<byte> rest)
    {
        var take = _state == State.BodyToEnd ? rest.Length : (int)Math.Min(rest.Length, _left);
        Hash?.AppendData(rest[..take]);
        BodyBytes += take;
        _left -= take;
        rest = rest[take..];
        if (_left == 0 && _state != State.BodyToEnd)
        {
            _state = _state == State.Body ? State.Done : State.ChunkEnd;
        }

        return ResponseStep.More;
    }

    private ResponseStep ReadFraming(ref ReadOnlySpan<byte> rest)
    {
        var next = rest[0];
        rest = rest[1..];
        if (++_lineLength > LongestChunkLine || (_state == State.Trailer && ++_trailerLength > LongestHead))
        {
            return Refuse("the line of a chunk, or its trailers, do not end");
        }

        switch (_state)
        {
            case State.ChunkEnd when next == '\n':
                (_state, _left, _lineLength, _hasChunkDigit) = (State.ChunkSize, 0, 0, false);
                break;
            case State.ChunkEnd when next == '\r':
                break;
            case State.ChunkSize when char.IsAsciiHexDigit((char)next):
                if (_left > long.MaxValue >> 5)
                {
                    return Refuse("the size of a chunk is too large");
                }

                _left = (_left << 4) + (next <= '9' ? next - '0' : (next | 0x20) - 'a' + 10);
                _hasChunkDigit = true;
                break;
            case State.ChunkSize or State.ChunkExtension when next == '\n' && _hasChunkDigit:
                (_state, _lineLength) = (_left > 0 ? State.ChunkData : State.Trailer, 0);
                break;
            case State.ChunkSize when next is (byte)';' or (byte)' ' or (byte)'\r' or (byte)'\t' && _hasChunkDigit:
                _state = State.ChunkExtension;
                break;
            case State.ChunkExtension:
                break;
            case State.Trailer when next == '\n':
                _state = _left == 0 ? State.Done : State.Trailer;
                (_left, _lineLength) = (0, 0);
                break;
            case State.Trailer:
                // Nothing else is left by now: the characters of this line.
                _left += next == '\r' ? 0 : 1;
                break;
            default:
                return Refuse("its chunks are not framed as they should be");
        }

        return ResponseStep.More;
    }

    private ResponseStep Refuse(string problem)
    {
        Problem = problem;
        return ResponseStep.Malformed;
    }

    private struct Framing
    {
        public bool HasLength;
        public long Length;
        public bool IsEncoded;
        public bool IsChunked;
    }
}
