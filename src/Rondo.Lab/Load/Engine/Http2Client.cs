using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Rondo.Lab.Load.Targets;

namespace Rondo.Lab.Load.Engine;

/// <summary>The platform's client with one connection, which the first request on it makes.</summary>
internal static class Http2Client
{
    public static HttpMessageInvoker Create(LoadPlan plan, Http2Record record)
    {
        // One connection is made at a time.
        var start = 0L;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            MaxConnectionsPerServer = 1,
            EnableMultipleHttp2Connections = false,
            ConnectCallback = (_, token) =>
            {
                start = record.Now;
                return ConnectAsync(plan, token);
            },

            // Behind the handshake: connecting includes it.
            PlaintextStreamFilter = (context, _) =>
            {
                record.Opened(record.Now - start);
                return ValueTask.FromResult(context.PlaintextStream);
            },
        };
        if (plan.TlsHost is { } host)
        {
            handler.SslOptions = TlsTrust.Options(host, plan.TlsInsecure, SslApplicationProtocol.Http2);
        }

        return new HttpMessageInvoker(handler);
    }

    private static async ValueTask<Stream> ConnectAsync(LoadPlan plan, CancellationToken stop)
    {
        var address = IPAddress.Parse(plan.Address);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, plan.Port), stop).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new NetworkStream(socket, ownsSocket: true);
    }
}
