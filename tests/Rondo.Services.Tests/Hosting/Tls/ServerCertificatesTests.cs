using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting.Tls;

public sealed class ServerCertificatesTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TestFolder _folder = new();
    private readonly ManualTime _time = new(DateTimeOffset.UtcNow);
    private readonly LogCapture _logs = new();
    private HostNames _host = new(["localhost", "desk", "desk.local"], [IPAddress.Loopback], null);

    [Fact]
    public async Task Address_Another_IsInTheNextCertificate()
    {
        await using var running = await StartAsync();
        var first = running.Certificate;

        _time.Advance(Interval);
        Assert.Same(first, running.Certificate);

        _host = _host with { Addresses = [IPAddress.Loopback, IPAddress.Parse("192.168.7.9")] };
        _time.Advance(Interval);

        Assert.NotEqual(first.SerialNumber, running.Certificate.SerialNumber);
        Assert.True(running.Certificate.MatchesHostname("192.168.7.9"));
        await _logs.WaitForAsync("Another certificate is shown");
    }

    [Fact]
    public async Task Time_TwoThirdsOver_Renews()
    {
        await using var running = await StartAsync();
        var first = running.Certificate;

        _time.Advance(TimeSpan.FromDays(59));
        Assert.Same(first, running.Certificate);
        _time.Advance(TimeSpan.FromDays(2));

        Assert.InRange(
            running.Certificate.NotAfter.ToUniversalTime() - _time.GetUtcNow(),
            TimeSpan.FromDays(88), TimeSpan.FromDays(90));
    }

    [Fact]
    public async Task Start_Again_ShowsTheSameUnlessItIsDamaged()
    {
        string first;
        await using (var running = await StartAsync())
        {
            first = running.Certificate.SerialNumber;
        }

        await using (var running = await StartAsync())
        {
            Assert.Equal(first, running.Certificate.SerialNumber);
        }

        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "tls", "server.pem"), "damaged", TestContext.Current.CancellationToken);
        await using (var running = await StartAsync())
        {
            Assert.NotEqual(first, running.Certificate.SerialNumber);
        }
    }

    [Fact]
    public async Task Address_ThatIsNotPermitted_IsLeftOut()
    {
        await using var running = await StartAsync();

        _host = _host with { Addresses = [IPAddress.Loopback, IPAddress.Parse("9.9.9.9")] };
        _time.Advance(Interval);

        Assert.False(running.Certificate.MatchesHostname("9.9.9.9"));
    }

    [Fact]
    public async Task Files_ThatChange_CountFromTheNextHandshakeOnAndBadOnesDoNot()
    {
        var (certificate, key) = (Path.Combine(_folder.Path, "own.crt"), Path.Combine(_folder.Path, "own.key"));
        await OwnCertificate.MakeAsync(certificate, key, "first.example.org");
        await using var server = await TlsTestServer.StartAsync(
            options: new ServerOptions { Certificate = certificate, CertificateKey = key }, logs: _logs, time: _time);
        Assert.Equal("CN=first.example.org", await SubjectAsync(server));

        await File.WriteAllTextAsync(certificate, "half written", TestContext.Current.CancellationToken);
        _time.Advance(Interval);
        _time.Advance(Interval);
        Assert.Equal("CN=first.example.org", await SubjectAsync(server));
        await _logs.WaitForAsync("The last good certificate stays");
        Assert.Single(_logs.Lines, l => l.Contains("The last good certificate stays"));

        await OwnCertificate.MakeAsync(certificate, key, "second.example.org");
        _time.Advance(Interval);
        Assert.Equal("CN=second.example.org", await SubjectAsync(server));

        // With certificates by file there is no authority to trust.
        Assert.False(Directory.Exists(Path.Combine(server.DataFolder, "tls")));
        var trust = await RawHttp.GetAsync(server.Address, "/trust", "Accept: text/html");
        Assert.Equal((307, "https://rondo/trust"), (trust.Status, trust.Headers["Location"]));
    }

    [Theory]
    [InlineData("foreign key", "is not that of the certificate")]
    [InlineData("over", "ended on")]
    [InlineData("not begun", "begins on")]
    [InlineData("garbage", "no certificate and private key in PEM")]
    [InlineData("missing", "cannot be read")]
    [InlineData("password", "has a password")]
    [InlineData("readable", "chmod 600")]
    [InlineData("client", "is not for servers")]
    [InlineData("no key", "belong together")]
    public async Task Files_ThatCannotBeUsed_AreExitCode1AndSaidWhy(string fault, string expected)
    {
        var (certificate, key) = (Path.Combine(_folder.Path, "own.crt"), Path.Combine(_folder.Path, "own.key"));
        await OwnCertificate.MakeAsync(
            certificate, key, "a.example.org",
            fault == "client" ? ["-addext", "extendedKeyUsage=clientAuth"] : []);
        switch (fault)
        {
            case "over":
                OwnCertificate.Make(certificate, key, days: -1);
                break;
            case "not begun":
                OwnCertificate.Make(certificate, key, days: 2);
                break;
            case "foreign key":
                await OwnCertificate.MakeAsync(Path.Combine(_folder.Path, "other.crt"), key, "b.example.org");
                break;
            case "garbage":
                await File.WriteAllTextAsync(certificate, "nothing", TestContext.Current.CancellationToken);
                break;
            case "missing":
                File.Delete(certificate);
                break;
            case "password":
                var closed = key + ".closed";
                await Tool.DoAsync("openssl", "pkcs8", "-topk8", "-in", key, "-out", closed, "-passout", "pass:secret");
                File.Move(closed, key, overwrite: true);
                OwnCertificate.SetMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                break;
            case "readable":
                OwnCertificate.SetMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
                break;
        }

        var error = new StringWriter();
        var code = await RondoServer.RunAsync(
            new ServerOptions
            {
                DataFolder = Path.Combine(_folder.Path, "data"),
                Offline = true,
                Urls = TlsTestServer.Urls,
                Certificate = certificate,
                CertificateKey = fault == "no key" ? null : key,
            },
            TextWriter.Null,
            error).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains(expected, error.ToString());
        Assert.DoesNotContain("PRIVATE", error.ToString());
    }

    [Theory]
    [InlineData(true, "http://127.0.0.1:0", "TLS needs an address with https")]
    [InlineData(false, null, "The demo listens on this machine only")]
    public async Task Options_ThatContradictEachOther_AreExitCode2(bool hasUrls, string? urls, string expected)
    {
        var error = new StringWriter();

        var code = await RondoServer.RunAsync(
            new ServerOptions { DataFolder = _folder.Path, Offline = true, Urls = urls, Tls = true, Demo = !hasUrls },
            TextWriter.Null, error).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(expected, error.ToString());
    }

    public void Dispose()
    {
        _logs.Dispose();
        _folder.Dispose();
    }

    private static async Task<string> SubjectAsync(TestServer server)
    {
        using var shown = await TlsTestServer.ShownAsync(server);
        return shown.Subject;
    }

    private async Task<Running> StartAsync()
    {
        var logger = LoggerFactory.Create(l => l.AddProvider(_logs));
        var file = new SettingsFile(_folder.Path);
        var folder = DataFolder.Open(_folder.Path);
        var options = new LiveOptions<TlsOptions>(
            new ConfigurationBuilder().Build(), TlsOptions.Section, file,
            logger.CreateLogger<LiveOptions<TlsOptions>>());
        var certificates = new ServerCertificates(
            options, folder, _time, logger.CreateLogger<ServerCertificates>(), () => _host);
        await certificates.StartAsync(TestContext.Current.CancellationToken);
        return new Running(certificates, options, folder, file);
    }

    private sealed record Running(
        ServerCertificates Certificates, LiveOptions<TlsOptions> Options, DataFolder Folder, SettingsFile File)
        : IAsyncDisposable
    {
        public X509Certificate2 Certificate => Certificates.Current.TargetCertificate;

        public async ValueTask DisposeAsync()
        {
            await Certificates.StopAsync(CancellationToken.None);
            Certificates.Dispose();
            Options.Dispose();
            Folder.Dispose();
            File.Dispose();
        }
    }
}
