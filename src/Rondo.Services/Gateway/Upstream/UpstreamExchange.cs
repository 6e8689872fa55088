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
    private volatile bool _waitsForClient;

    /// <summary>Runs one exchange on the connection, which has begun to read.</summary>
    /// <inheritdoc cref="IForwarder.ForwardAsync"/>
    public async ValueTask<ForwardResult> RunAsync(
        HttpContext context, ForwardRequest request, CancellationToken cancellationToken)
    {
        Begin(context, request);
        var aborted = context.RequestAborted;
        _leaving = aborted.UnsafeRegister(s_clientLeft, connection);
        var cancelling = cancellationToken.UnsafeRegister(s_cancelled, connection);
        connection.SetDeadline(request.Limits.FirstByte, ForwardOutcome.FirstByteTimeout);
        var head = new RequestHead(HeadSize);
        PrepareBody(ref head);
        try
        {
            await connection.Stream.WriteAsync(head.Bytes, CancellationToken.None).ConfigureAwait(false);
            SendBody();
        }
        catch (Exception error) when (IsBroken(error))
        {
            // An upstream may answer before it closes: what there is to read says more.
            _error = error;
        }

        head.Return();
        while (true)
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
                await AnswerAsync().ConfigureAwait(false);
                break;
            }

            if (progress == HeadProgress.Invalid)
            {
                break;
            }
        }

        if (_sending is not null)
        {
            await StopBodyAsync().ConfigureAwait(false);
        }

        // A callback that runs already may break off what the connection does next.
        var isQuiet = (_leaving.Unregister() || !aborted.CanBeCanceled)
            & (cancelling.Unregister() || !cancellationToken.CanBeCanceled);
        if (_outcome == ForwardOutcome.ConnectionLost && MayRepeat())
        {
            connection.Close(reset: true);
            return await LoopForwarder.ConnectAndRunAsync(connection.Pool, context, request, cancellationToken)
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
        var isReusable = isQuiet && _isWhole && _isWritten && _status != StatusCodes.Status101SwitchingProtocols
            && _head.IsVersion11 && !_head.Closes && _error is null
            && connection.Received.IsEmpty && connection.Ending == ForwardOutcome.Completed;
        _context = null!;
        _request = null!;
        _sending = null;
        if (isReusable)
        {
            // The next exchange may begin on another thread before this returns.
            connection.Pool.Return(connection);
        }
        else if (result.Outcome is ForwardOutcome.Completed or ForwardOutcome.Discarded)
        {
            connection.Close(reset: !_isWhole && _answerFraming != BodyFraming.UntilClose);
        }

        return result;
    }
}
