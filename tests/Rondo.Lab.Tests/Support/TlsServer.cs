using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rondo.Lab.Tests.Support;

/// <summary>
/// A server on a real socket that speaks TLS with a certificate nobody trusts, and does with each connection what a test
/// says.
/// </summary>
internal sealed class TlsServer : IDisposable
{
    private static readonly Lazy<X509Certificate2> Made = new(Make);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<SslStream, Task> _serve;

    public TlsServer(Func<SslStream, Task> serve)
    {
        _serve = serve;
        _listener.Start(1024);
        _ = AcceptAsync();
    }

    /// <summary>For localhost, by nobody.</summary>
    public static X509Certificate2 Certificate => Made.Value;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Answers each request with as many bytes as given.</summary>
    public static TlsServer Answering(int length) => new(async stream =>
    {
        var answer = new byte[length];
        var head = System.Text.Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        var room = new byte[16 * 1024];
        while (await stream.ReadAsync(room) > 0)
        {
            await stream.WriteAsync(head);
            await stream.WriteAsync(answer);
        }
    });

    public void Dispose() => _listener.Dispose();

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsServerAsync(Certificate);
            await _serve(stream);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException)
        {
            // The generator has gone.
        }
    }
}
