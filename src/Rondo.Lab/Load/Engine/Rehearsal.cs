using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rondo.Lab.Load.Engine;

/// <summary>
/// A few hundred requests to a server of its own before the real run: the first calls of a program are compiled while
/// they run, and would take tens of milliseconds of the first requests' time.
/// </summary>
internal static class Rehearsal
{
    private const int Requests = 400;
    private const double Seconds = 2;
    private const double Rate = 20_000;

    private const string Host = "localhost";

    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    /// <returns>What came of it.</returns>
    public static async Task<LoadResult> RunAsync(LoadPlan plan)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var server = new Thread(() => Serve(listener, plan)) { IsBackground = true, Name = "rehearsal" };
        server.Start();
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var rehearsed = new LoadPlan
        {
            Url = $"{(plan.TlsHost is null ? "http" : "https")}://{Host}:{port}/",
            Address = IPAddress.Loopback.ToString(),
            Port = port,
            Request = plan.IsHttp2 ? [] : "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
            Http2Method = plan.IsHttp2 ? "GET" : null,
            Connections = 1,
            MaxConnections = 1,
            Seconds = Seconds,
            Requests = Requests,
            TlsHost = plan.TlsHost is null ? null : Host,
            TlsInsecure = true,
            Rate = plan.IsOpen ? Rate : null,
            Engine = plan.Engine,
        };
        return await LoadEngine.RunAsync(rehearsed, _ => { }, CancellationToken.None);
    }

    private static void Serve(Socket listener, LoadPlan plan)
    {
        try
        {
            using var connection = listener.Accept();
            connection.NoDelay = true;
            using Stream stream = plan.TlsHost is null ? new NetworkStream(connection) : Secure(connection);
            if (plan.IsHttp2)
            {
                RehearsalHttp2.Serve(stream);
            }

            var room = new byte[1024];
            while (stream.Read(room) > 0)
            {
                stream.Write(Answer);
            }
        }
        catch (Exception e) when (
            e is SocketException or IOException or AuthenticationException or ObjectDisposedException)
        {
            // The rehearsal is over.
        }
    }

    private static SslStream Secure(Socket connection)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + Host, key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var stream = new SslStream(new NetworkStream(connection));
        stream.AuthenticateAsServer(new SslServerAuthenticationOptions
        {
            ServerCertificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        });
        return stream;
    }
}
