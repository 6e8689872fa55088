using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>
/// Connects to servers on an event loop, with one thread for all of its connections: TCP over IPv4 and IPv6, host names,
/// Unix sockets, with or without TLS. The loop is its own, or that of a request (<c>GetLoopConnector</c>).
/// </summary>
/// <remarks>Over epoll on Linux, elsewhere over the platform's sockets.</remarks>
/// <threadsafety>All members: any thread.</threadsafety>
public sealed class LoopConnector : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly TimeSpan _timeout;
    private readonly bool _noDelay;
    private readonly bool _isOwner;

    /// <summary>Starts the thread.</summary>
    /// <param name="options">Defaults when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is not positive, or over 24 days.</exception>
    public LoopConnector(LoopConnectorOptions? options = null)
        : this(OperatingSystem.IsLinux() ? new LinuxCalls() : new PortableCalls(), options ?? new LoopConnectorOptions())
    {
    }

    internal LoopConnector(LinuxCalls calls, LoopConnectorOptions options)
        : this(Start(calls, options), options) => _isOwner = true;

    /// <summary>On the loop of somebody else, who also ends it.</summary>
    internal LoopConnector(LoopThread thread, LoopConnectorOptions options)
    {
        Thread = thread;
        _timeout = options.ConnectTimeout;
        _noDelay = options.NoDelay;
    }

    /// <summary>
    /// Whether the calling thread runs its event loop: what began there and waits for one of its connections goes on
    /// there.
    /// </summary>
    public bool IsOnLoop => Thread.Loop.IsRunByCaller;

    /// <summary>Its loop.</summary>
    internal LoopThread Thread { get; }

    /// <summary>
    /// Connects. Of a host name's addresses the first that answers is taken, in the resolver's order.
    /// </summary>
    /// <param name="endPoint">
    /// An <see cref="IPEndPoint"/>, a <see cref="DnsEndPoint"/> or a <see cref="UnixDomainSocketEndPoint"/>.
    /// </param>
    /// <param name="cancellationToken">Gives up; nothing stays open.</param>
    /// <returns>The connection, which the caller disposes.</returns>
    /// <exception cref="SocketException">
    /// There is no such host, or its last address has refused or cannot be reached; the message names the address.
    /// </exception>
    /// <exception cref="TimeoutException">
    /// It took longer than <see cref="LoopConnectorOptions.ConnectTimeout"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token is cancelled.</exception>
    /// <exception cref="NotSupportedException">The end point is of another kind.</exception>
    /// <exception cref="ObjectDisposedException">This connector is disposed, also while it connects.</exception>
    public async ValueTask<LoopStream> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        using var limit = new ConnectLimit(endPoint, _timeout, cancellationToken);
        return await limit.WithinAsync(() => ConnectWithinAsync(endPoint, limit)).ConfigureAwait(false);
    }

    /// <summary>Connects and shakes hands.</summary>
    /// <param name="endPoint">As for <see cref="ConnectAsync"/>.</param>
    /// <param name="options">
    /// <see cref="SslClientAuthenticationOptions.TargetHost"/> is the name the server must prove, and is to be set. A
    /// <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/> may accept other certificates.
    /// </param>
    /// <param name="cancellationToken">Gives up; nothing stays open.</param>
    /// <returns>The connection, which the caller disposes.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">
    /// The server's certificate is not accepted, or the two have no protocol in common.
    /// </exception>
    /// <exception cref="ArgumentException">The options name no host.</exception>
    /// <exception cref="IOException">The peer has broken the connection off.</exception>
    /// <inheritdoc cref="ConnectAsync" path="/exception"/>
    public async ValueTask<SslStream> ConnectTlsAsync(
        EndPoint endPoint, SslClientAuthenticationOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrEmpty(options.TargetHost))
        {
            throw new ArgumentException("TargetHost is not set: whom is the server to prove it is?", nameof(options));
        }

        using var limit = new ConnectLimit(endPoint, _timeout, cancellationToken);
        return await limit.WithinAsync(async () =>
        {
            var secured = new SslStream(await ConnectWithinAsync(endPoint, limit).ConfigureAwait(false));
            try
            {
                await secured.AuthenticateAsClientAsync(options, limit.Token).ConfigureAwait(false);
                return secured;
            }
            catch
            {
                await secured.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes all of its connections and ends its thread. What waits fails with
    /// <see cref="ObjectDisposedException"/>. Again only waits.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOwner)
        {
            await Thread.StopAsync(s_patience).ConfigureAwait(false);
        }
    }

    /// <summary>Connects to the first of these addresses that answers.</summary>
    internal async Task<LoopStream> ConnectAnyAsync(EndPoint[] addresses, ConnectLimit limit)
    {
        ObjectDisposedException.ThrowIf(Thread.Poller.IsEnding, this);
        for (var n = 0; ; n++)
        {
            using var share = limit.Share(addresses.Length - n);
            try
            {
                var attempt = new ConnectAttempt(Thread, new ConnectAddress(addresses[n]), _noDelay);
                return await attempt.RunAsync(share.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (n + 1 < addresses.Length && !limit.Token.IsCancellationRequested
                && error is (SocketException or OperationCanceledException))
            {
                // The next may answer; the last one's failure is the caller's.
            }
        }
    }

    private static LoopThread Start(LinuxCalls calls, LoopConnectorOptions options)
    {
        if ((options.ConnectTimeout <= TimeSpan.Zero || options.ConnectTimeout > s_longestTimeout)
            && options.ConnectTimeout != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.ConnectTimeout,
                "The time limit for connecting is not positive, or over 24 days.");
        }

        return new LoopThread(calls, options.Name, onError: null);
    }

    private async Task<LoopStream> ConnectWithinAsync(EndPoint endPoint, ConnectLimit limit) => await ConnectAnyAsync(
        endPoint is DnsEndPoint name ? await ResolveAsync(name, limit).ConfigureAwait(false) : [endPoint], limit)
        .ConfigureAwait(false);

    private static async Task<EndPoint[]> ResolveAsync(DnsEndPoint name, ConnectLimit limit)
    {
        var addresses = await Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, limit.Token)
            .ConfigureAwait(false);
        return addresses.Length == 0
            ? throw new SocketException((int)SocketError.HostNotFound)
            : [.. addresses.Select(a => new IPEndPoint(a, name.Port))];
    }
}
