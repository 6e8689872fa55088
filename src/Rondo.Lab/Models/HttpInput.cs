namespace Rondo.Lab.Models;

/// <summary>The bytes that a client has sent, cut into requests.</summary>
internal sealed class HttpInput
{
    /// <summary>The largest head of a request, in bytes.</summary>
    public const int LargestHead = 8 * 1024;

    private readonly byte[] _bytes = new byte[LargestHead];
    private int _start;
    private int _end;
    private bool _isInBody;
    private long _bodyLeft;

    /// <summary>The head of the request that <see cref="Next"/> has found last.</summary>
    public HttpHead Head { get; private set; }

    /// <summary>Whether part of a request has come.</summary>
    public bool HasBegun => _end > _start || _isInBody;

    /// <summary>Where the next bytes belong; never empty after <see cref="Next"/> has asked for more.</summary>
    public Memory<byte> Room => _bytes.AsMemory(_end);

    /// <summary>So many bytes have been written to <see cref="Room"/>.</summary>
    public void Received(int count) => _end += count;

    /// <summary>Takes the next request out, with its body, which is thrown away.</summary>
    /// <returns>Null if more bytes are needed, 0 for a request, else the status that refuses what came.</returns>
    public int? Next()
    {
        if (!_isInBody)
        {
            // A server should ignore an empty line before a request (RFC 9112 section 2.2).
            while (_bytes.AsSpan(_start, _end - _start).StartsWith("\r\n"u8))
            {
                _start += 2;
            }

            var length = _bytes.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (length < 0)
            {
                return _end - _start == LargestHead ? 431 : MakeRoom();
            }

            if (HttpHead.Parse(_bytes.AsSpan(_start, length), out var head) is var refusal and not 0)
            {
                return refusal;
            }

            (Head, _isInBody, _bodyLeft) = (head, true, head.BodyBytes);
            _start += length + 4;
        }

        var skipped = (int)Math.Min(_bodyLeft, _end - _start);
        _start += skipped;
        _bodyLeft -= skipped;
        if (_bodyLeft > 0)
        {
            return MakeRoom();
        }

        _isInBody = false;
        return 0;
    }

    private int? MakeRoom()
    {
        _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
        (_start, _end) = (0, _end - _start);
        return null;
    }
}
