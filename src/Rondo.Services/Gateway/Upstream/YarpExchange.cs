using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>
/// One exchange by YARP: sends exactly what is to be sent, and judges the answer before it is handed on.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class YarpExchange : HttpTransformer, IDisposable
{
    private readonly HttpContext _context;
    private readonly ForwardRequest _request;
    private readonly CancellationTokenSource _late;
    private readonly WatchedBody _body;
    private readonly KeyValuePair<string, StringValues>[] _present;
    private ForwardOutcome _verdict;
    private string? _detail;
    private int _status;

    public YarpExchange(HttpContext context, ForwardRequest request, TimeProvider time)
    {
        _context = context;
        _request = request;
        _present = [.. context.Response.Headers];

        // The whole request may take its time: what is measured begins at its end.
        _late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _body = new WatchedBody(context.Request.Body, BeginToWait);
        context.Request.Body = _body;
    }

    /// <summary>Cancelled when the head of the answer is late.</summary>
    public CancellationToken Late => _late.Token;

    /// <inheritdoc />
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix,
        CancellationToken cancellationToken)
    {
        var isRaw = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        proxyRequest.RequestUri = new Uri(destinationPrefix + _request.Target, isRaw);
        proxyRequest.Headers.Host = _request.Host;
        foreach (var (name, values) in _request.Headers)
        {
            if (!RequestHead.IsOwn(name))
            {
                Add(proxyRequest, name, values);
            }
        }

        if (proxyRequest.Content is { } content && httpContext.Request.ContentLength is { } length)
        {
            content.Headers.ContentLength = length;
        }

        if (proxyRequest.Content is null)
        {
            BeginToWait();
        }

        return default;
    }

    /// <inheritdoc />
    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return new(false);
        }

        _late.CancelAfter(Timeout.InfiniteTimeSpan);
        _status = (int)proxyResponse.StatusCode;
        _detail = AnswerFault.Find(proxyResponse, AskedUpgrade.Of(httpContext));
        _verdict = _detail is not null ? ForwardOutcome.InvalidAnswer
            : _request.Discards?.Invoke(_status) == true ? ForwardOutcome.Discarded
            : ForwardOutcome.Completed;
        if (_verdict == ForwardOutcome.Completed)
        {
            Copy(proxyResponse);
        }

        return new(_verdict == ForwardOutcome.Completed);
    }

    /// <summary>Trailers are dropped.</summary>
    public override ValueTask TransformResponseTrailersAsync(
        HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) => default;

    /// <summary>What has become of it, by YARP's error and our own.</summary>
    public ForwardResult End(ForwarderError error, CancellationToken cancelled)
    {
        _context.Request.Body = _body.Inner;
        var cause = _context.Features.Get<IForwarderErrorFeature>()?.Exception;
        var outcome = _verdict != ForwardOutcome.Completed ? _verdict
            : YarpOutcome.Of(error, cause, new YarpOutcome.Circumstances(
                HasAnswer: _status != 0,
                IsLate: _late.IsCancellationRequested,
                HasClientLeft: _context.RequestAborted.IsCancellationRequested,
                IsCancelled: cancelled.IsCancellationRequested,
                BodyError: _body.Error));
        if (outcome is not ForwardOutcome.Completed)
        {
            Undo(outcome);
        }

        return new ForwardResult(
            outcome, _status, _body.IsTouched,
            outcome is ForwardOutcome.Completed or ForwardOutcome.Discarded ? null : _detail ?? cause?.Message,
            outcome is ForwardOutcome.Completed ? null : _body.Error ?? cause);
    }

    public void Dispose() => _late.Dispose();

    private static void Add(HttpRequestMessage request, string name, in StringValues values)
    {
        var list = values.Count > 1 && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)
            ? (IEnumerable<string?>)[string.Join("; ", values.ToArray())]
            : values;

        // What describes a body is dropped where there is none: the platform's client has no place for it.
        if (!request.Headers.TryAddWithoutValidation(name, list))
        {
            request.Content?.Headers.TryAddWithoutValidation(name, list);
        }
    }

    private void BeginToWait() => _late.CancelAfter(_request.Limits.FirstByte);

    private void Copy(HttpResponseMessage answer)
    {
        var response = _context.Response;
        response.StatusCode = _status;
        var nominated = answer.Headers.NonValidated.TryGetValues("Connection", out var connection)
            ? connection.SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries)).ToArray()
            : [];
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
        {
            if (IsEndToEnd(name) && !nominated.Contains(name, StringComparer.OrdinalIgnoreCase)
                && !response.Headers.ContainsKey(name))
            {
                Set(response.Headers, name, new StringValues([.. values]));
            }
        }

        if (_status == StatusCodes.Status101SwitchingProtocols)
        {
            response.Headers.Connection = "Upgrade";
            response.Headers.Upgrade = _context.Request.Headers.Upgrade;
        }
    }

    private bool IsEndToEnd(string name)
    {
        Span<byte> bytes = stackalloc byte[64];
        return name.Length > bytes.Length
            || !System.Text.Encoding.Latin1.TryGetBytes(name, bytes, out var count)
            || (KnownFields.Find(bytes[..count])?.Kind ?? FieldKind.EndToEnd) switch
            {
                FieldKind.EndToEnd => true,
                FieldKind.Length => _status != StatusCodes.Status204NoContent,
                _ => false,
            };
    }

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

    // YARP has begun to answer in its own way.
    private void Undo(ForwardOutcome outcome)
    {
        if (!_context.Response.HasStarted)
        {
            _context.Response.Clear();
            foreach (var (name, values) in _present)
            {
                _context.Response.Headers[name] = values;
            }
        }
        else if (outcome is not ForwardOutcome.Discarded)
        {
            _context.Abort();
        }
    }
}
