using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rondo.Transport.Tests.Support;

namespace Rondo.Transport.Tests.Contract;

/// <content>What runs above: TLS and HTTP.</content>
public abstract partial class LoopSocketContract
{
    [Fact]
    public async Task Tls_WithATrustedCertificate_CarriesBytes()
    {
        using var certificate = MakeCertificate();
        await using var server = await StartTlsAsync(certificate);

        await using var secured = await Connector.ConnectTlsAsync(
            server.EndPoint, Trusting(certificate, "localhost"), Cancelled);

        var request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray();
        await secured.WriteAsync(request, Cancelled);
        using var reader = new StreamReader(secured);
        var answer = await reader.ReadToEndAsync(Cancelled).WaitAsync(Limit, Cancelled);
        Assert.EndsWith("hello", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_WithAnotherName_IsRefused()
    {
        using var certificate = MakeCertificate();
        await using var server = await StartTlsAsync(certificate);

        await Assert.ThrowsAsync<AuthenticationException>(() => Connector.ConnectTlsAsync(
            server.EndPoint, Trusting(certificate, "elsewhere"), Cancelled).AsTask());

        await OnLoopAsync(() => { });
        Assert.Equal(0, await OnLoopAsync(() => Thread.Poller.Count));
    }

    [Fact]
    public async Task Tls_WithACallbackThatAcceptsAll_Connects()
    {
        using var certificate = MakeCertificate();
        await using var server = await StartTlsAsync(certificate);

        await using var secured = await Connector.ConnectTlsAsync(
            server.EndPoint,
            new SslClientAuthenticationOptions
            {
                TargetHost = "elsewhere",
                RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null,
            },
            Cancelled);

        Assert.True(secured.IsEncrypted);
    }

    [Fact]
    public async Task Tls_WithoutAName_IsRefused()
    {
        using var server = new EchoServer();

        await Assert.ThrowsAsync<ArgumentException>(
            () => Connector.ConnectTlsAsync(server.EndPoint, new SslClientAuthenticationOptions(), Cancelled).AsTask());
    }

    [Fact]
    public async Task Tls_WithAServerThatSaysNothing_TimesOut()
    {
        using var listener = Listen();
        await using var connector = MakeConnector(Short);

        var options = new SslClientAuthenticationOptions { TargetHost = "localhost" };

        await Assert.ThrowsAsync<TimeoutException>(
            () => connector.ConnectTlsAsync(listener.LocalEndPoint!, options, Cancelled)
                .AsTask().WaitAsync(Limit, Cancelled));
    }

    [Fact]
    public async Task ConnectCallback_OfAnHttpHandler_ServesAThousandRequests()
    {
        await using var server = await TestServer.StartAsync(_ => { }, EchoBodyAsync);
        var connects = 0;
        using var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 16,
            ConnectCallback = async (context, cancellation) =>
            {
                Interlocked.Increment(ref connects);
                return await Connector.ConnectAsync(context.DnsEndPoint, cancellation);
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = server.Url };

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async sender =>
        {
            for (var n = 0; n < 63; n++)
            {
                var body = RandomNumberGenerator.GetBytes(sender * n);
                using var answer = await client.PostAsync("/", new ByteArrayContent(body), Cancelled);
                Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Cancelled));
            }
        })).WaitAsync(Limit, Cancelled);

        Assert.InRange(connects, 1, 16);
    }

    private static async Task EchoBodyAsync(HttpContext context)
    {
        context.Response.ContentLength = context.Request.ContentLength;
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }

    private static Task<TestServer> StartTlsAsync(X509Certificate2 certificate) => TestServer.StartAsync(
        _ => { },
        context =>
        {
            context.Response.ContentLength = 5;
            return context.Response.WriteAsync("hello");
        },
        listen: o => o.UseHttps(certificate));

    private static SslClientAuthenticationOptions Trusting(X509Certificate2 certificate, string host) => new()
    {
        TargetHost = host,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { certificate },
        },
    };

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
