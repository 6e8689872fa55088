using System.Net;
using System.Security.Cryptography.X509Certificates;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting.Tls;

public sealed class TrustEndpointsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/trust/rondo.crt", "application/x-x509-ca-cert")]
    [InlineData("/trust/rondo.cer", "application/pkix-cert")]
    [InlineData("/trust/rondo.pem", "application/x-pem-file")]
    public async Task Certificate_InEachForm_IsTheAuthoritysWithoutItsKey(string path, string type)
    {
        await using var server = await TlsTestServer.StartAsync();
        using var client = Plain(server);

        using var answer = await client.GetAsync(path, Cancellation);
        var bytes = await answer.Content.ReadAsByteArrayAsync(Cancellation);

        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        using var certificate = X509CertificateLoader.LoadCertificate(bytes);
        Assert.False(certificate.HasPrivateKey);
        Assert.Equal(
            server.Services.GetRequiredService<ServerCertificates>().Authority!.Certificate.RawData,
            certificate.RawData);
        Assert.DoesNotContain("PRIVATE", System.Text.Encoding.ASCII.GetString(bytes));
    }

    [Theory]
    [InlineData("/trust", "en-GB,de;q=0.5", "Trust this server")]
    [InlineData("/trust", "de-AT,en;q=0.5", "Diesem Server vertrauen")]
    [InlineData("/trust?lang=en", "de", "Trust this server")]
    [InlineData("/trust?lang=de", "en", "Diesem Server vertrauen")]
    [InlineData("/trust?lang=%3Cb%3E", "en", "Trust this server")]
    public async Task Page_WithoutTls_SpeaksTheLanguageAndShowsTheFingerprint(
        string path, string accepted, string title)
    {
        await using var server = await TlsTestServer.StartAsync();
        using var client = Plain(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Headers = { { "Accept-Language", accepted } },
        };

        using var answer = await client.SendAsync(request, Cancellation);
        var page = await answer.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains($"<h1>{title}</h1>", page);
        Assert.Contains(server.Services.GetRequiredService<ServerCertificates>().Authority!.Fingerprint, page);
        Assert.Contains("class=\"qr\"", page);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task Page_OfAServerWithoutTls_IsNone()
    {
        await using var server = await TestServer.StartAsync();

        var (answer, _) = await server.GetAsync("/trust");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Welcome_WithTls_ShowsHowToTrustAndWhatToTry()
    {
        await using var app = RondoServer.Build(new ServerOptions
        {
            DataFolder = Directory.CreateTempSubdirectory("rondo-test-").FullName,
            Offline = true,
            Urls = "https://0.0.0.0:0",
        });
        await RondoServer.StartAsync(app);
        var (terminal, file) = (new StringWriter(), new StringWriter());

        await Welcome.WriteAsync(app, null, terminal, isTerminal: true);
        await Welcome.WriteAsync(app, null, file);

        var authority = app.Services.GetRequiredService<ServerCertificates>().Authority!;
        Assert.Contains("SHA-256 " + authority.Fingerprint, file.ToString());
        Assert.Contains("/trust, once on each device", file.ToString());
        Assert.Contains($"curl --cacert {authority.PublicPath} https://localhost:", file.ToString());
        Assert.DoesNotContain("▀", file.ToString());
        Assert.Contains("▀", terminal.ToString());
        await app.StopAsync(Cancellation);
    }

    private static HttpClient Plain(TestServer server) =>
        new() { BaseAddress = new UriBuilder(server.Address) { Scheme = "http" }.Uri };
}
