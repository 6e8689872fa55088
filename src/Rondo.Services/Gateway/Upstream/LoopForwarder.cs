using System.Collections.Concurrent;
using System.Net.Security;
using Rondo.Transport.Kestrel;
using Rondo.Transport.Sockets;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>
/// Forwards over HTTP/1.1 on the event loop that the client's connection is on, over connections of that loop: no
/// thread is changed. A server on the platform's sockets has no such loop; then all connections are of one shared
/// connector, with the same rules and at a higher price.
/// </summary>
/// <remarks>
/// <c>Expect</c> is never sent: the server asks the client for its body as soon as a connection stands, and an early
/// answer stops the body.
/// </remarks>
/// <threadsafety>Any thread.</threadsafety>
internal sealed class LoopForwarder : IForwarder, IAsyncDisposable
{
    private readonly ConcurrentDictionary<LoopConnector, ConcurrentDictionary<Uri, UpstreamPool>> _pools = new();
    private readonly RemoteCertificateValidationCallback? _trusts;
    private readonly DeadlineWatch _watch;
    private readonly Lazy<LoopConnector> _shared;

    /// <param name="time">Measures the limits.</param>
    /// <param name="trusts">Judges the certificates of upstreams; null leaves that to the platform.</param>
    public LoopForwarder(TimeProvider time, RemoteCertificateValidationCallback? trusts = null)
    {
        _trusts = trusts;
        _watch = new DeadlineWatch(time);
        _shared = new(() => new LoopConnector(new LoopConnectorOptions { Name = "rondo-gateway" }));
    }

    /// <summary>How many connections are open, idle or not.</summary>
    public int Connections => _watch.Connections.Count;

    /// <inheritdoc />
    /// <exception cref="ArgumentException">A part of the request would break the message.</exception>
    public ValueTask<ForwardResult> ForwardAsync(
        HttpContext context, ForwardRequest request, CancellationToken cancellationToken)
    {
        FieldText.Check(request);
        var pool = PoolFor(context.GetLoopConnector(), request.Upstream);
        return pool.TryTake() is { } connection
            ? connection.Exchange.RunAsync(context, request, cancellationToken)
            : ConnectAndRunAsync(pool, context, request, cancellationToken);
    }

    /// <summary>Runs an exchange on a new connection.</summary>
    public static async ValueTask<ForwardResult> ConnectAndRunAsync(
        UpstreamPool pool, HttpContext context, ForwardRequest request, CancellationToken cancellation)
    {
        // Comes back into the request's context, and so to its loop.
        var (connection, failure) = await pool.ConnectAsync(context, request.Limits.Connect, cancellation);
        if (connection is null)
        {
            return failure;
        }

        connection.BeginRead();
        return await connection.Exchange.RunAsync(context, request, cancellation).ConfigureAwait(false);
    }

    /// <summary>Closes all connections; exchanges under way end with <see cref="ForwardOutcome.Cancelled"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _watch.Connections)
        {
            connection.Abandon(ForwardOutcome.Cancelled);
        }

        _watch.Dispose();
        if (_shared.IsValueCreated)
        {
            await _shared.Value.DisposeAsync();
        }
    }

    private UpstreamPool PoolFor(LoopConnector? ofLoop, Uri upstream)
    {
        var connector = ofLoop ?? _shared.Value;
        if (!_pools.TryGetValue(connector, out var pools))
        {
            pools = _pools.GetOrAdd(connector, static _ => new());
        }

        return pools.TryGetValue(upstream, out var pool)
            ? pool
            : pools.GetOrAdd(upstream, new UpstreamPool(connector, ofLoop is null, upstream, _trusts, _watch));
    }
}
