using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Rondo.Services.Hosting.Tls;

/// <summary>
/// Puts TLS in front of the addresses that begin with <c>https</c>. Who does not speak TLS there is let through as
/// <see cref="PlainHttp"/>, which gets the page on how to trust the authority, and no other.
/// </summary>
internal sealed class TlsEndpoints
{
    private readonly Queue<BindingAddress> _addresses;

    /// <param name="urls">All addresses to listen on, in the order in which the server binds them.</param>
    public TlsEndpoints(string urls) => _addresses = new(Parse(urls));

    public static bool HasTls(string urls) => Parse(urls).Any(IsTls);

    /// <summary>
    /// To be called for each endpoint, in the order of the addresses, before anything that reads bytes.
    /// </summary>
    public void Use(ListenOptions endpoint)
    {
        if (!_addresses.TryDequeue(out var address) || !IsTls(address))
        {
            return;
        }

        var services = endpoint.ApplicationServices;
        var certificates = services.GetRequiredService<ServerCertificates>();
        var time = services.GetRequiredService<TimeProvider>();
        var limit = services.GetRequiredService<LiveOptions<TlsOptions>>().Current.HandshakeLimit;
        ConnectionDelegate plain = _ => Task.CompletedTask;
        endpoint.Use(secured =>
        {
            // Built from the last to the first: what follows TLS is known by now.
            var behind = plain;
            return connection => OpenAsync(connection, secured, behind, time, limit);
        });
        endpoint.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = limit,
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificates.Current,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            }),
        });
        endpoint.Use(next => plain = next);
    }

    private static IEnumerable<BindingAddress> Parse(string urls) =>
        urls.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(BindingAddress.Parse);

    private static bool IsTls(BindingAddress address) =>
        address.Scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    private static async Task OpenAsync(
        ConnectionContext connection, ConnectionDelegate secured, ConnectionDelegate plain, TimeProvider time,
        TimeSpan limit)
    {
        // A handshake begins with the byte 22 (RFC 8446 section 5.1), a request with the capital of its method.
        var first = await PeekAsync(connection, time, limit);
        if (first is >= (byte)'A' and <= (byte)'Z')
        {
            connection.Features.Set(PlainHttp.Instance);
            await plain(connection);
        }
        else if (first is not null)
        {
            await secured(connection);
        }
    }

    /// <summary>The first byte, which stays where it is; null when there comes none.</summary>
    private static async ValueTask<byte?> PeekAsync(ConnectionContext connection, TimeProvider time, TimeSpan limit)
    {
        var input = connection.Transport.Input;
        try
        {
            if (!input.TryRead(out var read))
            {
                await using var timer = time.CreateTimer(
                    _ => connection.Abort(new ConnectionAbortedException("Nothing came in time.")),
                    null, limit, Timeout.InfiniteTimeSpan);
                read = await input.ReadAsync();
            }

            byte? first = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];
            input.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
            return first;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
