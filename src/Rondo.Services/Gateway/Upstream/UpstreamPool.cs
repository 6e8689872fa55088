using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Rondo.Transport.Sockets;

namespace Rondo.Services.Gateway.Upstream;

/// <summary>The idle connections of one loop to one upstream; the one that was used last is the next.</summary>
/// <remarks>
/// The handlers of a loop do not exclude one another once one of them has lost it, so the stack is one for any thread.
/// </remarks>
/// <threadsafety>Any thread.</threadsafety>
internal sealed class UpstreamPool
{
    /// <summary>So long a connection may rest. Many servers close after 60 s or more.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(55);

    private readonly ConcurrentStack<UpstreamConnection> _idle = new();
    private readonly LoopConnector _connector;
    private readonly EndPoint _endPoint;
    private readonly SslClientAuthenticationOptions? _tls;
    private readonly DeadlineWatch _watch;
    private readonly bool _isShared;
    private int _lost;

    /// <param name="connector">Of the loop.</param>
    /// <param name="isShared">Whether it is nobody's loop, and requests are served elsewhere.</param>
    /// <param name="upstream">Whose scheme, host and port count.</param>
    /// <param name="trusts">Judges certificates; null leaves that to the platform.</param>
    /// <param name="watch">Looks at deadlines.</param>
    public UpstreamPool(
        LoopConnector connector, bool isShared, Uri upstream, RemoteCertificateValidationCallback? trusts,
        DeadlineWatch watch)
    {
        _connector = connector;
        _isShared = isShared;
        _watch = watch;
        _endPoint = IPAddress.TryParse(upstream.IdnHost, out var address)
            ? new IPEndPoint(address, upstream.Port)
            : new DnsEndPoint(upstream.IdnHost, upstream.Port);
        _tls = upstream.Scheme == Uri.UriSchemeHttps
            ? new SslClientAuthenticationOptions
            {
                TargetHost = upstream.IdnHost,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
                RemoteCertificateValidationCallback = trusts,
            }
            : null;
    }

    /// <summary>Whether the caller is on the loop of these connections.</summary>
    public bool IsOnLoop => _connector.IsOnLoop;

    /// <summary>A connection that was used before and looks well; null if there is none.</summary>
    public UpstreamConnection? TryTake()
    {
        while (_idle.TryPop(out var connection))
        {
            if (connection.Wake())
            {
                return connection;
            }

            connection.Close();
        }

        return null;
    }

    /// <summary>Takes a connection back whose exchange has left it in order.</summary>
    public void Return(UpstreamConnection connection)
    {
        if (connection.Rest(Rest, _isShared))
        {
            _idle.Push(connection);
        }
    }

    /// <summary>One of the idle ones has been closed; it is taken out.</summary>
    public void Lost()
    {
        if (Interlocked.Increment(ref _lost) > 1)
        {
            return;
        }

        do
        {
            var seen = Volatile.Read(ref _lost);
            var all = new UpstreamConnection[_idle.Count];
            var count = all.Length == 0 ? 0 : _idle.TryPopRange(all);
            Array.Reverse(all, 0, count);
            foreach (var connection in all.AsSpan(0, count))
            {
                if (connection.Ending == ForwardOutcome.Completed)
                {
                    _idle.Push(connection);
                }
            }

            if (Interlocked.CompareExchange(ref _lost, 0, seen) == seen)
            {
                return;
            }
        }
        while (true);
    }

    /// <summary>Makes a new connection. Goes on in the context of the caller.</summary>
    /// <returns>The connection, or why there is none.</returns>
    public async ValueTask<(UpstreamConnection? Connection, ForwardResult Failure)> ConnectAsync(
        HttpContext context, TimeSpan limit, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(limit, _watch.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            late.Token, context.RequestAborted, cancellation);
        try
        {
            var socket = await _connector.ConnectAsync(_endPoint, either.Token);
            return (new UpstreamConnection(this, socket, await SecureAsync(socket, either.Token), _watch), default);
        }
        catch (Exception error) when (error is OperationCanceledException or TimeoutException)
        {
            var outcome = context.RequestAborted.IsCancellationRequested ? ForwardOutcome.ClientLeft
                : cancellation.IsCancellationRequested ? ForwardOutcome.Cancelled
                : ForwardOutcome.ConnectTimeout;
            return (null, new ForwardResult(outcome, 0, false, "No connection in time.", error, IsUnsent: true));
        }
        catch (Exception error) when (error is SocketException or IOException or AuthenticationException
            or ObjectDisposedException)
        {
            return (null, new ForwardResult(
                ForwardOutcome.ConnectFailed, 0, false, error.Message, error, IsUnsent: true));
        }
    }

    private async ValueTask<SslStream?> SecureAsync(LoopStream socket, CancellationToken cancellation)
    {
        if (_tls is null)
        {
            return null;
        }

        var secured = new SslStream(socket);
        try
        {
            await secured.AuthenticateAsClientAsync(_tls, cancellation);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }
}
