using System.Net;
using System.Net.Security;
using System.Net.Sockets;
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

    /// <returns>What came of it; null if there was none.</returns>
    public static async Task<LoadResult?> RunAsync(LoadPlan plan)
    {
        if (plan.IsHttp2)
        {
            // The platform's client cannot be rehearsed without a server for it.
            return null;
        }

        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var server = new Thread(() => Serve(listener, plan.TlsHost is not null)) { IsBackground = true, Name = "rehearsal" };
        server.Start();
        var rehearsed = new LoadPlan
        {
            Url = plan.Url,
            Address = IPAddress.Loopback.ToString(),
            Port = ((IPEndPoint)listener.LocalEndPoint!).Port,
            Request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(),
            Connections = 1,
            MaxConnections = 1,
            Seconds = Seconds,
            Requests = Requests,
            TlsHost = plan.TlsHost is null ? null : Host,
            TlsInsecure = true,
            Rate = plan.IsOpen ? Rehearsal.Rate : null,
            Engine = plan.Engine,
        };
        return await LoadEngine.RunAsync(rehearsed, _ => { }, CancellationToken.None);
    }

    private static void Serve(Socket listener, bool hasTls)
    {
        try
        {
            using var connection = listener.Accept();
            connection.NoDelay = true;
            using Stream stream = hasTls ? Secure(connection) : new NetworkStream(connection);
            var room = new byte[1024];
            while (stream.Read(room) > 0)
            {
                stream.Write(Answer);
            }
        }
        catch (Exception e) when (e is SocketException or IOException)
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
        stream.AuthenticateAsServer(X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null));
        return stream;
    }
}
