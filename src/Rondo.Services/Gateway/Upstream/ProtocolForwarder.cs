namespace Rondo.Services.Gateway.Upstream;

/// <summary>Sends a request on by who speaks the protocol that it asks for.</summary>
/// <param name="http1">Speaks HTTP/1.1.</param>
/// <param name="makeHttp2">Makes who speaks HTTP/2, with the first request for it.</param>
/// <threadsafety>As those two.</threadsafety>
internal sealed class ProtocolForwarder(IForwarder http1, Func<IForwarder> makeHttp2) : IForwarder, IAsyncDisposable
{
    private readonly Lazy<IForwarder> _http2 = new(makeHttp2);

    /// <inheritdoc />
    public ValueTask<ForwardResult> ForwardAsync(
        HttpContext context, ForwardRequest request, CancellationToken cancellationToken) =>
        (request.IsHttp2 ? _http2.Value : http1).ForwardAsync(context, request, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (http1 is IAsyncDisposable loops)
        {
            await loops.DisposeAsync();
        }

        if (_http2.IsValueCreated)
        {
            (_http2.Value as IDisposable)?.Dispose();
        }
    }
}
