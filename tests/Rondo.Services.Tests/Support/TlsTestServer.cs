using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Rondo.Services.Tests.Support;

/// <summary>A server with TLS, and clients that trust its authority or another.</summary>
internal static class TlsTestServer
{
    public const string Urls = "https://127.0.0.1:0";

    public static Task<TestServer> StartAsync(
        string? transport = null, ServerOptions? options = null, string? settings = null, LogCapture? logs = null,
        TestFolder? folder = null, TimeProvider? time = null) =>
        TestServer.StartAsync(
            options: (options ?? new ServerOptions()) with
            {
                Offline = true,
                Urls = options?.Urls ?? Urls,
                Transport = transport ?? options?.Transport,
            },
            settings: settings, logs: logs, folder: folder, time: time);

    public static string AuthorityOf(TestServer server) => Path.Combine(server.DataFolder, "tls", "authority.crt");

    /// <summary>The certificate that a handshake shows now.</summary>
    public static async Task<X509Certificate2> ShownAsync(TestServer server)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(
            server.Address.Host, server.Address.Port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        X509Certificate2? shown = null;

        // It is looked at, not trusted.
#pragma warning disable CA5359
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
                    return true;
                },
            },
            TestContext.Current.CancellationToken);
#pragma warning restore CA5359
        return shown!;
    }

    /// <summary>A client that trusts a server's authority and nobody else.</summary>
    public static HttpMessageInvoker Trusting(TestServer server)
    {
        var root = X509CertificateLoader.LoadCertificateFromFile(AuthorityOf(server));
        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions =
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { root },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        });
    }
}
