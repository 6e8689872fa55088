using Microsoft.Extensions.Primitives;

namespace Rondo.Services.Gateway.Upstream;

/// <content>The answer on its way to the client.</content>
internal sealed partial class UpstreamExchange
{
    private BodyFraming _answerFraming;
    private ChunkedBody _chunks;
    private long _left;
    private bool _isHeadApplied;

    private async ValueTask HandOnAsync()
    {
        _status = _head.Status;
        if (_status == StatusCodes.Status101SwitchingProtocols)
        {
            await UpgradeAsync().ConfigureAwait(false);
            return;
        }

        _answerFraming = _head.FramingFor(_request.Method == "HEAD");
        _left = _head.Length ?? 0;
        _chunks = default;
        _isHeadApplied = false;
        if (_request.Discards?.Invoke(_status) == true || IsRefused())
        {
            Fail(ForwardOutcome.Discarded, null);
            _isWhole = _answerFraming == BodyFraming.None
                || (_answerFraming != BodyFraming.UntilClose && TryPassOver());
            return;
        }

        TakeInlineBody();
        if (_status == StatusCodes.Status205ResetContent && _answerFraming == BodyFraming.Length)
        {
            Invalid("A body with 205.");
            return;
        }

        while (_answerFraming != BodyFraming.None)
        {
            if (!connection.Received.IsEmpty)
            {
                var data = TakeData(out var used);
                if (_chunks.IsBroken)
                {
                    Invalid("A chunk is none.");
                    return;
                }

                if (!IsAtEnd())
                {
                    // The head has come: what counts from here on is that something moves.
                    connection.SetDeadline(_request.Limits.Idle, ForwardOutcome.IdleTimeout);
                }

                if (!data.IsEmpty && !await WriteAsync(data).ConfigureAwait(false))
                {
                    return;
                }

                connection.Use(used);
                if (IsAtEnd())
                {
                    break;
                }
            }

            // Before waiting, the client gets what there is. A body that follows its head at once goes with it.
            connection.SetDeadline(_request.Limits.Idle, ForwardOutcome.IdleTimeout);
            if (!connection.BeginRead() && !_isHeadApplied && !await FlushAsync().ConfigureAwait(false))
            {
                return;
            }

            if (!await ReceiveAsync().ConfigureAwait(false))
            {
                break;
            }
        }

        if (_outcome == ForwardOutcome.Completed)
        {
            ApplyHead();
            _isWhole = _answerFraming != BodyFraming.UntilClose;
        }
    }

    /// <summary>Reads more of the body.</summary>
    /// <returns>False if there is no more, by right or not.</returns>
    private async ValueTask<bool> ReceiveAsync()
    {
        var count = 0;
        try
        {
            count = await connection.ReadAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (IsBroken(error))
        {
            _error = error;
        }

        if (count > 0)
        {
            connection.Took(count);
            return true;
        }

        if (_answerFraming != BodyFraming.UntilClose || _error is not null)
        {
            Lost();
        }

        return false;
    }

    /// <summary>The part of what was received that is the body's.</summary>
    private ReadOnlyMemory<byte> TakeData(out int used)
    {
        var received = connection.Received;
        switch (_answerFraming)
        {
            case BodyFraming.Chunked:
                return received[.._chunks.Read(received.Span, out used)];
            case BodyFraming.Length:
                used = (int)Math.Min(_left, received.Length);
                _left -= used;
                return received[..used];
            default:
                used = received.Length;
                return received;
        }
    }

    private bool IsAtEnd() => _answerFraming switch
    {
        BodyFraming.Chunked => _chunks.IsDone,
        BodyFraming.Length => _left == 0,
        _ => false,
    };

    /// <summary>Throws away what has come of the body.</summary>
    /// <returns>Whether that was all of it.</returns>
    private bool TryPassOver()
    {
        TakeData(out var used);
        connection.Use(used);
        return IsAtEnd();
    }

    private async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> data)
    {
        if (_status == StatusCodes.Status205ResetContent)
        {
            Invalid("A body with 205.");
            return false;
        }

        ApplyHead();
        return await IsTakenAsync(_context.Response.BodyWriter.WriteAsync(data)).ConfigureAwait(false);
    }

    private async ValueTask<bool> FlushAsync()
    {
        ApplyHead();
        return await IsTakenAsync(_context.Response.BodyWriter.FlushAsync()).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits until the client's connection has taken what was written: so a slow reader holds all up.
    /// </summary>
    private async ValueTask<bool> IsTakenAsync(ValueTask<System.IO.Pipelines.FlushResult> flush)
    {
        try
        {
            if (!flush.IsCompleted)
            {
                connection.SetDeadline(_request.Limits.Idle, ForwardOutcome.IdleTimeout);
                _waitsForClient = true;
                if (connection.Ending != ForwardOutcome.Completed)
                {
                    _context.Abort();
                }
            }

            var result = await flush.ConfigureAwait(false);
            if (!result.IsCompleted && !result.IsCanceled)
            {
                return true;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or InvalidOperationException)
        {
            _error = error;
        }
        finally
        {
            _waitsForClient = false;
        }

        Fail(
            connection.Ending is not ForwardOutcome.Completed and var ending ? ending : ForwardOutcome.ClientLeft,
            "The client takes no more.");
        return false;
    }

    private bool IsRefused()
    {
        if (_request.Refusal is { } refusal)
        {
            foreach (var field in _head.Fields)
            {
                if (field.Name.Equals(refusal.Name, StringComparison.OrdinalIgnoreCase) && field.Value == refusal.Value)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Gives the answer its head, as late as possible: until then the caller may answer otherwise.</summary>
    private void ApplyHead()
    {
        if (_isHeadApplied)
        {
            return;
        }

        _isHeadApplied = true;
        var response = _context.Response;
        response.StatusCode = _status;
        if (_status != StatusCodes.Status204NoContent && _answerFraming != BodyFraming.Chunked)
        {
            response.ContentLength = _head.Length;
        }

        ApplyFields(response.Headers);
        if (_head.Closes && !_isWritten)
        {
            // It wants no more of the body, and nor do we: the client need not send it.
            response.Headers.Connection = "close";
        }
    }

    private void ApplyFields(IHeaderDictionary headers)
    {
        var fields = _head.Fields;
        for (var n = 0; n < fields.Length; n++)
        {
            var (name, value) = fields[n];
            if (_head.IsNominated(name))
            {
                continue;
            }

            if (!headers.TryGetValue(name, out var present))
            {
                Set(headers, name, value);
            }
            else if (IsAmong(fields[..n], name))
            {
                Set(headers, name, StringValues.Concat(present, value));
            }
        }
    }

    private static bool IsAmong(ReadOnlySpan<AnswerField> fields, string name)
    {
        foreach (var field in fields)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // A server that was not told otherwise writes ASCII alone: the field is dropped then, the answer is not.
    private static void Set(IHeaderDictionary headers, string name, in StringValues values)
    {
        try
        {
            headers[name] = values;
        }
        catch (InvalidOperationException) when (values.Any(v => !System.Text.Ascii.IsValid(v)))
        {
            headers.Remove(name);
        }
    }
}
