using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Text;
using Yarp.ReverseProxy.Forwarder;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>
/// Forwards by YARP's <see cref="IHttpForwarder"/> over the platform's client: for upstreams that speak HTTP/2, and the
/// reference for <see cref="LoopForwarder"/>. What it does not do, <see cref="YarpExchange"/> does before and after it.
/// </summary>
/// <remarks>
/// The platform's client reads some answers more leniently (line ends, folds) and closes nothing because of them; they
/// are written anew, clean. It sends a request again by itself when an idle connection turns out to be closed and no
/// byte of a body was sent.
/// </remarks>
/// <threadsafety>Any thread.</threadsafety>
internal sealed class YarpForwarder : IForwarder, IDisposable
{
    private readonly ConcurrentDictionary<TimeSpan, HttpMessageInvoker> _clients = new();
    private readonly IHttpForwarder _forwarder;
    private readonly TimeProvider _time;
    private readonly Version _version;
    private readonly RemoteCertificateValidationCallback? _trusts;

    /// <param name="forwarder">YARP's (<c>AddHttpForwarder</c>).</param>
    /// <param name="time">Measures the limit of the first byte; YARP measures the idle limit by its own.</param>
    /// <param name="version">The one version that is spoken.</param>
    /// <param name="trusts">Judges the certificates of upstreams; null leaves that to the platform.</param>
    public YarpForwarder(
        IHttpForwarder forwarder, TimeProvider time, Version version,
        RemoteCertificateValidationCallback? trusts = null)
    {
        _forwarder = forwarder;
        _time = time;
        _version = version;
        _trusts = trusts;
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">A part of the request would break the message.</exception>
    public async ValueTask<ForwardResult> ForwardAsync(
        HttpContext context, ForwardRequest request, CancellationToken cancellationToken)
    {
        FieldText.Check(request);
        using var exchange = new YarpExchange(context, request, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, exchange.Late);
        var error = await _forwarder.SendAsync(
            context,
            request.Upstream.GetLeftPart(UriPartial.Authority),
            _clients.GetOrAdd(request.Limits.Connect, MakeClient),
            new ForwarderRequestConfig
            {
                ActivityTimeout = request.Limits.Idle,
                Version = _version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            },
            exchange,
            either.Token);
        return exchange.End(error, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private HttpMessageInvoker MakeClient(TimeSpan connectLimit) => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = connectLimit,
        EnableMultipleHttp2Connections = true,
        MaxResponseHeadersLength = AnswerHead.MostBytes / 1024,
        PooledConnectionIdleTimeout = UpstreamPool.Rest,
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = _trusts },
        UseCookies = false,
        UseProxy = false,
    });
}
