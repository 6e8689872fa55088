using System.Buffers;

namespace Rondo.Services.Gateway.Framing;

/// <summary>
/// Where requests begin and end in what a client sends, one after the other. It says how many bytes the server may see:
/// at most to the end of the request that the server is at, and nothing of a line that is in doubt. The rest of a line
/// that has not ended is seen as it comes, so that the server's limits and timers hold; the line of a chunk's size,
/// which has none, is seen once it is whole.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal struct MessageFraming
{
    // As much of a line as its meaning takes; a longer name is in doubt.
    private const int LineStart = 256;
    private const int LineEnd = 9;

    private const byte CarriageReturn = (byte)'\r';
    private const byte LineFeed = (byte)'\n';

    private RequestFraming _head;
    private long _judged;
    private long _left;
    private Phase _phase;
    private bool _isLater;

    /// <summary>Why there is nothing more to see, if so.</summary>
    public FramingDoubt Doubt { get; private set; }

    /// <inheritdoc cref="RequestFraming.Nominated"/>
    public readonly string? Nominated => _head.Nominated;

    /// <summary>Whether this is HTTP/2, by its preface (RFC 9113 section 3.4): everything may be seen.</summary>
    public bool IsOther { get; private set; }

    /// <summary>Whether more bytes would show nothing more, until the server has consumed what it has.</summary>
    public readonly bool IsAtEnd => _phase == Phase.Ended || Doubt != FramingDoubt.None;

    /// <summary>Reads on.</summary>
    /// <param name="bytes">All that have come and have not been consumed.</param>
    /// <returns>How many of them may be seen, from the first.</returns>
    public long Judge(in ReadOnlySequence<byte> bytes)
    {
        if (IsOther || Doubt != FramingDoubt.None)
        {
            return IsOther ? bytes.Length : Math.Max(0, _judged);
        }

        if (_phase == Phase.Ended)
        {
            if (_judged > 0 || bytes.IsEmpty)
            {
                return _judged;
            }

            _phase = Phase.RequestLine;
            _head = default;
        }

        var reader = new SequenceReader<byte>(bytes);
        reader.Advance(_judged);
        var heldBack = 0;
        while (!reader.End && Step(ref reader, ref heldBack))
        {
            _judged = reader.Consumed;
        }

        if (Doubt == FramingDoubt.Version)
        {
            _judged = reader.Consumed;
        }

        return IsOther ? bytes.Length
            : Doubt == FramingDoubt.None && _phase is Phase.RequestLine or Phase.Fields or Phase.Trailers
                ? bytes.Length - heldBack
            : _judged;
    }

    /// <summary>The server is through with the first so many bytes.</summary>
    public void Consume(long count)
    {
        _judged -= count;
        if (_judged < 0 && Doubt == FramingDoubt.None && !IsOther)
        {
            Doubt = FramingDoubt.Disagreement;
        }
    }

    /// <summary>Goes on by one part; false where there is nothing to go on with.</summary>
    private bool Step(ref SequenceReader<byte> reader, ref int heldBack)
    {
        switch (_phase)
        {
            case Phase.Body or Phase.ChunkData:
                var count = Math.Min(_left, reader.Remaining);
                reader.Advance(count);
                _left -= count;
                if (_left == 0)
                {
                    _phase = _phase == Phase.Body ? Phase.Ended : Phase.ChunkEnd;
                }

                return true;
            case Phase.ChunkEnd:
                return PassChunkEnd(ref reader);
            case Phase.Ended:
                return false;
            default:
                return PassLine(ref reader, ref heldBack);
        }
    }

    private bool PassChunkEnd(ref SequenceReader<byte> reader)
    {
        reader.TryRead(out var first);
        if (first == CarriageReturn && reader.End)
        {
            return false;
        }

        _phase = Phase.ChunkSize;
        reader.TryRead(out var second);
        return (first == CarriageReturn && second == LineFeed) || Refuse(FramingDoubt.ChunkEnd);
    }

    private bool PassLine(ref SequenceReader<byte> reader, ref int heldBack)
    {
        var rest = reader.UnreadSpan;
        var length = rest.IndexOfAny(CarriageReturn, LineFeed, (byte)0);
        if (length < 0 || length + 1 >= rest.Length)
        {
            return PassSplitLine(ref reader, ref heldBack);
        }

        if (rest[length] != CarriageReturn || rest[length + 1] != LineFeed)
        {
            return Refuse(Stray(rest[length]));
        }

        reader.Advance(length + 2);
        var line = rest[..length];
        return Take(line[..Math.Min(length, LineStart)], line, length);
    }

    /// <summary>A line that is in several pieces of memory, or not whole.</summary>
    private bool PassSplitLine(ref SequenceReader<byte> reader, ref int heldBack)
    {
        var line = reader.UnreadSequence;
        var ahead = reader;
        if (!ahead.TryAdvanceToAny([CarriageReturn, LineFeed, 0], advancePastDelimiter: false))
        {
            return IsBounded(line.Length);
        }

        var length = ahead.Consumed - reader.Consumed;
        ahead.TryRead(out var first);
        if (first == CarriageReturn && ahead.End)
        {
            heldBack = 1;
            return IsBounded(length);
        }

        ahead.TryRead(out var second);
        if (first != CarriageReturn || second != LineFeed)
        {
            return Refuse(Stray(first));
        }

        Span<byte> start = stackalloc byte[(int)Math.Min(length, LineStart)];
        Span<byte> end = stackalloc byte[(int)Math.Min(length, LineEnd)];
        line.Slice(0, start.Length).CopyTo(start);
        line.Slice(length - end.Length, end.Length).CopyTo(end);
        reader = ahead;
        return Take(start, end, length);
    }

    // What is held back fills the buffer that the client's bytes come into.
    private bool IsBounded(long length) =>
        _phase == Phase.ChunkSize && length > ChunkLine.Longest && Refuse(FramingDoubt.ChunkExtension);

    private static FramingDoubt Stray(byte first) => first switch
    {
        LineFeed => FramingDoubt.BareLineFeed,
        CarriageReturn => FramingDoubt.BareCarriageReturn,
        _ => FramingDoubt.Nul,
    };

    /// <summary>Takes a line that ends in CRLF and has no CR, LF or NUL in it.</summary>
    private bool Take(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, long length)
    {
        var isWhole = length == start.Length;
        var doubt = (_phase, length) switch
        {
            (Phase.RequestLine, 0) => FramingDoubt.None,
            (Phase.RequestLine, _) => TakeRequestLine(start, end),
            (Phase.Fields, 0) => TakeEndOfHead(),
            (Phase.Fields, _) => _head.TakeField(start, isWhole),
            (Phase.ChunkSize, _) => isWhole ? TakeChunkSize(start) : FramingDoubt.ChunkExtension,
            (_, 0) => TakeEndOfTrailers(),
            _ => RequestFraming.JudgeTrailer(start),
        };
        return doubt == FramingDoubt.None || Refuse(doubt);
    }

    private FramingDoubt TakeRequestLine(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end)
    {
        IsOther = !_isLater && start.SequenceEqual("PRI * HTTP/2.0"u8);
        _isLater = true;
        _phase = IsOther ? Phase.Ended : Phase.Fields;
        return IsOther ? FramingDoubt.None : _head.TakeRequestLine(end);
    }

    private FramingDoubt TakeEndOfHead()
    {
        _left = _head.Length;
        _phase = _head.IsChunked ? Phase.ChunkSize : _left > 0 ? Phase.Body : Phase.Ended;
        return _head.End();
    }

    private FramingDoubt TakeChunkSize(ReadOnlySpan<byte> line)
    {
        var doubt = ChunkLine.Judge(line, out _left);
        _phase = _left > 0 ? Phase.ChunkData : Phase.Trailers;
        return doubt;
    }

    private FramingDoubt TakeEndOfTrailers()
    {
        _phase = Phase.Ended;
        return FramingDoubt.None;
    }

    private bool Refuse(FramingDoubt doubt)
    {
        Doubt = doubt;
        return false;
    }

    private enum Phase : byte
    {
        RequestLine,
        Fields,
        Body,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        Ended,
    }
}
