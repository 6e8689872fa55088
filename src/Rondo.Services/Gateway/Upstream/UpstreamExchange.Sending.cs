using System.Buffers;
using System.Buffers.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Rondo.Services.Gateway.Upstream;

/// <content>The client's body on its way to the upstream.</content>
internal sealed partial class UpstreamExchange
{
    // A body that is there and no longer goes with the head.
    private const int SmallBody = 16 * 1024;
    private const int PieceSize = 64 * 1024;

    // Size line and end of a chunk.
    private const int ChunkRoom = 16;

    private BodyFraming _framing;
    private long _bodyLength;
    private bool _isInline;
    private Task? _sending;
    private Exception? _bodyError;
    private volatile bool _isBodyTouched;
    private volatile bool _isWritten;
    private volatile bool _readsBody;
    private volatile bool _stopsBody;

    /// <summary>Writes the head, and the body behind it if that is small and all there.</summary>
    private void PrepareBody(ref RequestHead head)
    {
        _sending = null;
        _bodyError = null;
        _isBodyTouched = _isWritten = _isInline = _stopsBody = false;
        var told = _context.Request.ContentLength;
        _bodyLength = told ?? -1;
        _framing = told > 0 ? BodyFraming.Length
            : told is null && _context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
                ? BodyFraming.Chunked
            : BodyFraming.None;
        if (_framing == BodyFraming.None)
        {
            _bodyLength = _request.Method is "POST" or "PUT" or "PATCH" ? 0 : -1;
            _isWritten = true;
        }

        if (_framing != BodyFraming.None)
        {
            _upgrade = null;
        }

        head.Write(_request, _framing, _bodyLength, _upgrade);
        if (_framing == BodyFraming.Length && _bodyLength <= SmallBody)
        {
            _isWritten = _isInline = TryAppendBody(ref head);
        }
    }

    // It is not taken: should no answer come, somebody else may have it.
    private bool TryAppendBody(ref RequestHead head)
    {
        var reader = _context.Request.BodyReader;
        try
        {
            if (!reader.TryRead(out var read))
            {
                return false;
            }

            var isWhole = read.Buffer.Length == _bodyLength;
            if (isWhole)
            {
                head.Append(read.Buffer);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
            return isWhole;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The one who reads it in earnest finds the same.
            return false;
        }
    }

    /// <summary>The client gets the answer: what went with the head is used now.</summary>
    private void TakeInlineBody()
    {
        if (_isInline && _context.Request.BodyReader.TryRead(out var read))
        {
            _isBodyTouched = true;
            _context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        }
    }

    /// <summary>Begins to send what did not go with the head.</summary>
    private void SendBody()
    {
        if (!_isWritten)
        {
            _sending = SendBodyAsync();
        }
    }

    private async Task SendBodyAsync()
    {
        var reader = _context.Request.BodyReader;
        var piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            var sent = 0L;
            while (!_stopsBody)
            {
                connection.SetDeadline(_request.Limits.Idle, ForwardOutcome.IdleTimeout);
                _readsBody = true;
                var read = await reader.ReadAsync().ConfigureAwait(false);
                _readsBody = false;
                if (read.IsCanceled || _stopsBody)
                {
                    reader.AdvanceTo(read.Buffer.Start);
                    return;
                }

                _isBodyTouched |= !read.Buffer.IsEmpty;
                var isLast = read.IsCompleted;
                var rest = read.Buffer;
                sent += rest.Length;
                while (!rest.IsEmpty || (isLast && _framing == BodyFraming.Chunked))
                {
                    connection.SetDeadline(_request.Limits.Idle, ForwardOutcome.IdleTimeout);
                    var part = rest.Slice(0, Math.Min(rest.Length, PieceSize - (2 * ChunkRoom)));
                    rest = rest.Slice(part.End);
                    var isEnd = isLast && rest.IsEmpty;
                    await connection.Stream.WriteAsync(Piece(piece, part, isEnd)).ConfigureAwait(false);
                    if (isEnd)
                    {
                        break;
                    }
                }

                reader.AdvanceTo(read.Buffer.End);
                if (isLast)
                {
                    WroteBody(sent);
                    return;
                }
            }
        }
        catch (Exception error) when (_readsBody)
        {
            _readsBody = false;
            _bodyError = error;
            connection.Abandon(
                error is OperationCanceledException or ConnectionResetException or ConnectionAbortedException
                    ? ForwardOutcome.ClientLeft
                    : ForwardOutcome.BodyFailed);
        }
        catch (Exception error) when (IsBroken(error))
        {
            // The upstream takes no more; the answer, or the end of the connection, says why.
        }
        finally
        {
            _readsBody = false;
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private void WroteBody(long sent)
    {
        if (_framing == BodyFraming.Length && sent != _bodyLength)
        {
            connection.Abandon(ForwardOutcome.BodyFailed);
            return;
        }

        _isWritten = true;
        if (_status == 0)
        {
            connection.SetDeadline(_request.Limits.FirstByte, ForwardOutcome.FirstByteTimeout);
        }
    }

    // One write for size, data and end: what the kernel gets in one call leaves in one segment.
    private ReadOnlyMemory<byte> Piece(byte[] piece, in ReadOnlySequence<byte> part, bool isEnd)
    {
        var length = (int)part.Length;
        if (_framing == BodyFraming.Length)
        {
            part.CopyTo(piece);
            return piece.AsMemory(0, length);
        }

        var at = 0;
        if (length > 0)
        {
            Utf8Formatter.TryFormat(length, piece, out at, new StandardFormat('x'));
            "\r\n"u8.CopyTo(piece.AsSpan(at));
            part.CopyTo(piece.AsSpan(at + 2));
            "\r\n"u8.CopyTo(piece.AsSpan(at + 2 + length));
            at += length + 4;
        }

        if (isEnd)
        {
            "0\r\n\r\n"u8.CopyTo(piece.AsSpan(at));
            at += 5;
        }

        return piece.AsMemory(0, at);
    }

    /// <summary>
    /// Sees to it that nobody reads the client's body any more. The answer may have come before the body was sent; the
    /// rest is not sent then.
    /// </summary>
    private async ValueTask StopBodyAsync()
    {
        if (!_sending!.IsCompleted)
        {
            _stopsBody = true;
            if (_readsBody)
            {
                _context.Request.BodyReader.CancelPendingRead();
            }

            connection.Close(reset: true);
        }

        await _sending.ConfigureAwait(false);
    }
}
