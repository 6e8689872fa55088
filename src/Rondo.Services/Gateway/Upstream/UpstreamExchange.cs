namespace Rondo.Services.Gateway.Upstream;

/// <summary>
/// One request and its answer over a connection; the object serves all exchanges of its connection, one after the
/// other. What awaits goes on in the callback of the loop that has the bytes.
/// </summary>
/// <threadsafety>As its connection; <see cref="Abandoned"/> on any thread.</threadsafety>
internal sealed partial class UpstreamExchange(UpstreamConnection connection)
{
    private const int HeadSize = 4 * 1024;
    private const int MostInterim = 8;

    private static readonly Action<object?> s_clientLeft =
        static c => ((UpstreamConnection)c!).Abandon(ForwardOutcome.ClientLeft);

    private static readonly Action<object?> s_cancelled =
        static c => ((UpstreamConnection)c!).Abandon(ForwardOutcome.Cancelled);

    private readonly AnswerHead _head = new();
    private HttpContext _context = null!;
    private ForwardRequest _request = null!;
    private string? _upgrade;
    private ForwardOutcome _outcome;
    private string? _detail;
    private Exception? _error;
    private bool _hasAnswered;
    private bool _isWhole;
    private int _status;
    private int _interim;
    private int _headBytes;
    private CancellationTokenRegistration _leaving;
    private CancellationTokenRegistration _cancelling;
    private volatile bool _waitsForClient;

    /// <summary>Runs one exchange on the connection, which has begun to read.</summary>
    /// <inheritdoc cref="IForwarder.ForwardAsync"/>
    public ValueTask<ForwardResult> RunAsync(
        HttpContext context, ForwardRequest request, CancellationToken cancellationToken)
    {
        Begin(context, request);
        _cancellation = cancellationToken;
        _leaving = context.RequestAborted.UnsafeRegister(s_clientLeft, connection);
        _cancelling = cancellationToken.UnsafeRegister(s_cancelled, connection);
        connection.SetDeadline(request.Limits.FirstByte, ForwardOutcome.FirstByteTimeout);
        var head = new RequestHead(HeadSize);
        PrepareBody(ref head);
        var write = connection.Stream.WriteAsync(head.Bytes, CancellationToken.None);
        if (!write.IsCompletedSuccessfully)
        {
            return WriteAndAnswerAsync(write, head);
        }

#pragma warning disable RS0030 // It has completed; taken all the same, since until then the stream is being written to.
        write.GetAwaiter().GetResult();
#pragma warning restore RS0030
        head.Return();
        SendBody();
        var read = connection.ReadAsync();
        return read.IsCompleted ? GiveBackAfterAsync(AnswerAsync(read)) : WaitForAnswer(read);
    }

    private async ValueTask<ForwardResult> WriteAndAnswerAsync(ValueTask write, RequestHead head)
    {
        try
        {
            await write.ConfigureAwait(false);
            SendBody();
        }
        catch (Exception error) when (IsBroken(error))
        {
            // An upstream may answer before it closes: what there is to read says more.
            _error = error;
        }

        head.Return();
        return await GiveBackAfterAsync(AnswerAsync(connection.ReadAsync())).ConfigureAwait(false);
    }

    private async ValueTask<ForwardResult> GiveBackAfterAsync(ValueTask<ForwardResult> exchange)
    {
        var result = await exchange.ConfigureAwait(false);
        GiveBack();
        return result;
    }

    private async ValueTask<ForwardResult> AnswerAsync(ValueTask<int> read)
    {
        var (context, aborted, cancellationToken) = (_context, _context.RequestAborted, _cancellation);
        while (true)
        {
            var count = 0;
            try
            {
                count = await read.ConfigureAwait(false);
            }
            catch (Exception error) when (IsBroken(error))
            {
                _error = error;
            }

            if (count == 0)
            {
                Lost();
                break;
            }

            connection.Took(count);
            _hasAnswered = true;
            var progress = ReadHead();
            if (progress == HeadProgress.Complete)
            {
                await HandOnAsync().ConfigureAwait(false);
                break;
            }

            if (progress == HeadProgress.Invalid)
            {
                break;
            }

            read = connection.ReadAsync();
        }

        if (_sending is not null)
        {
            await StopBodyAsync().ConfigureAwait(false);
        }

        // A callback that runs already may break off what the connection does next.
        var isQuiet = (_leaving.Unregister() || !aborted.CanBeCanceled)
            & (_cancelling.Unregister() || !cancellationToken.CanBeCanceled);
        if (_outcome == ForwardOutcome.ConnectionLost && MayRepeat())
        {
            connection.Close(reset: true);
            return await LoopForwarder.ConnectAndRunAsync(connection.Pool, context, _request, cancellationToken)
                .ConfigureAwait(false);
        }

        return End(isQuiet);
    }

    /// <summary>The connection was broken off: nothing may wait for the client any longer.</summary>
    public void Abandoned()
    {
        if (_waitsForClient)
        {
            _context?.Abort();
        }

        if (_readsBody)
        {
            _context?.Request.BodyReader.CancelPendingRead();
        }
    }

    private static bool IsBroken(Exception error) => error is IOException or ObjectDisposedException;

    private void Begin(HttpContext context, ForwardRequest request)
    {
        _context = context;
        _request = request;
        _upgrade = AskedUpgrade.Of(context);
        _outcome = ForwardOutcome.Completed;
        _detail = null;
        _error = null;
        _hasAnswered = false;
        _isWhole = false;
        _status = 0;
        _interim = 0;
        _headBytes = 0;
        _head.Reset();
    }

    private HeadProgress ReadHead()
    {
        while (true)
        {
            var progress = _head.Read(connection.Received.Span, out var read);
            connection.Use(read);
            _headBytes += read;
            var begun = progress == HeadProgress.Incomplete ? connection.Received.Length : 0;
            if (_headBytes + begun >= AnswerHead.MostBytes)
            {
                return Invalid($"The head has more than {AnswerHead.MostBytes / 1024} KB.");
            }

            if (progress != HeadProgress.Complete)
            {
                return progress == HeadProgress.Invalid ? Invalid(_head.Fault!) : progress;
            }

            if (_head.Status == StatusCodes.Status101SwitchingProtocols)
            {
                return IsAskedFor() ? progress : Invalid("A change of protocol that nobody asked for.");
            }

            if (_head.Status >= StatusCodes.Status200OK)
            {
                return progress;
            }

            if (++_interim > MostInterim)
            {
                return Invalid($"More than {MostInterim} interim answers.");
            }

            _head.Reset();
            _headBytes = 0;
            if (connection.Received.IsEmpty)
            {
                return HeadProgress.Incomplete;
            }
        }
    }

    private HeadProgress Invalid(string detail)
    {
        Fail(ForwardOutcome.InvalidAnswer, detail);
        return HeadProgress.Invalid;
    }

    private bool IsAskedFor() => _upgrade is not null && _head.ConnectionUpgrades
        && _upgrade.Equals(_head.Upgrade, StringComparison.OrdinalIgnoreCase);

    private void Lost() => Fail(
        connection.Ending is not ForwardOutcome.Completed and var ending ? ending : ForwardOutcome.ConnectionLost,
        _error?.Message ?? "The upstream has closed the connection.");

    private void Fail(ForwardOutcome outcome, string? detail) => (_outcome, _detail) = (outcome, detail);

    // Nothing of an answer, so the upstream has closed an idle connection: these do the same twice as once.
    private bool MayRepeat() => connection.IsReused && !_hasAnswered && !_isBodyTouched && !_context.Response.HasStarted
        && _request.Method is "GET" or "HEAD" or "OPTIONS" or "PUT" or "DELETE";

    private ForwardResult End(bool isQuiet)
    {
        if (_outcome is not (ForwardOutcome.Completed or ForwardOutcome.Discarded))
        {
            connection.Close(reset: true);
            if (_context.Response.HasStarted)
            {
                _context.Abort();
            }
        }

        var result = new ForwardResult(
            _outcome, _status, _isBodyTouched, _detail,
            _outcome is ForwardOutcome.Completed or ForwardOutcome.Discarded ? null : _bodyError ?? _error);
        _isReusable = isQuiet && _isWhole && _isWritten && _status != StatusCodes.Status101SwitchingProtocols
            && _head.IsVersion11 && !_head.Closes && _error is null
            && connection.Received.IsEmpty && connection.Ending == ForwardOutcome.Completed;
        _context = null!;
        _request = null!;
        _sending = null;
        if (!_isReusable && result.Outcome is ForwardOutcome.Completed or ForwardOutcome.Discarded)
        {
            connection.Close(reset: !_isWhole && _answerFraming != BodyFraming.UntilClose);
        }

        return result;
    }

    // As the last thing that is done to this: the next exchange may begin on another thread before it returns.
    private void GiveBack()
    {
        if (_isReusable)
        {
            _isReusable = false;
            connection.Pool.Return(connection);
        }
    }
}
