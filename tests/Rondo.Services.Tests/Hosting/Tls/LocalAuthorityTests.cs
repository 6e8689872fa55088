using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rondo.Services.Hosting;
using Rondo.Services.Hosting.Tls;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting.Tls;

/// <summary>What the authority makes is judged by openssl.</summary>
public sealed class LocalAuthorityTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("desk.local", true)]
    [InlineData("desk.example.org", true)]
    [InlineData("bank.example.com", false)]
    [InlineData("192.168.7.9", true)]
    [InlineData("9.9.9.9", false)]
    [InlineData("fd00::7", true)]
    [InlineData("2a00::7", false)]
    public async Task Issued_ForAName_IsAcceptedByOpensslIfThatIsPermitted(string name, bool isPermitted)
    {
        using var authority = Open(Host("desk.example.org"), "desk.example.org");
        var host = IPAddress.TryParse(name, out var address)
            ? new HostNames([], [address], null)
            : new HostNames([name], [], null);
        using var issued = authority.Issue(host, Now);
        var file = _folder.Write("issued.crt", issued.ExportCertificatePem());

        var (code, output) = await Tool.RunAsync("openssl", "verify", "-CAfile", authority.PublicPath, file);

        Assert.Equal(isPermitted, code == 0);
        Assert.True(isPermitted || output.Contains("permitted subtree violation"), output);
        Assert.Equal(isPermitted, authority.Permit(host) is { Names.Count: 1 } or { Addresses.Count: 1 });
    }

    [Fact]
    public async Task Certificates_InOpenssl_AreWhatDevicesAskFor()
    {
        using var authority = Open(Host());
        using var issued = authority.Issue(Host(), Now);
        var file = _folder.Write("issued.crt", issued.ExportCertificatePem());

        var root = await Tool.DoAsync("openssl", "x509", "-in", authority.PublicPath, "-noout", "-text");
        var leaf = await Tool.DoAsync("openssl", "x509", "-in", file, "-noout", "-text");

        Assert.Contains("CA:TRUE, pathlen:0", root);
        Assert.Contains("X509v3 Name Constraints: critical", root);
        Assert.Contains("prime256v1", root);
        Assert.Contains("CA:FALSE", leaf);
        Assert.Contains("TLS Web Server Authentication", leaf);
        Assert.Contains("DNS:localhost, DNS:desk, DNS:desk.local, IP Address:127.0.0.1, IP Address:192.168.7.8", leaf);
        Assert.InRange((issued.NotAfter - issued.NotBefore).TotalDays, 1, 397);
        Assert.InRange((authority.Certificate.NotAfter - Now.UtcDateTime).TotalDays, 3650, 3653);
    }

    [Fact]
    public void Open_Again_IsTheSameAndItsKeyIsPrivate()
    {
        using var first = Open(Host());
        using var second = Open(Host());

        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(PathOf("authority.pem"))
            == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.DoesNotContain("PRIVATE", File.ReadAllText(first.PublicPath));
        Assert.Equal(
            Convert.ToHexString(SHA256.HashData(first.Certificate.RawData)), first.Fingerprint.Replace(":", ""));
    }

    [Fact]
    public void Open_KeyThatOthersCanRead_IsRefused()
    {
        Open(Host()).Dispose();
        OwnCertificate.SetMode(PathOf("authority.pem"), UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Contains("chmod 600", Assert.Throws<StartException>(() => Open(Host())).Message);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Open_FileThatIsNone_IsRefusedAndNamed(string text)
    {
        Open(Host()).Dispose();
        File.WriteAllText(PathOf("authority.pem"), text);

        Assert.Contains(PathOf("authority.pem"), Assert.Throws<StartException>(() => Open(Host())).Message);
    }

    [Fact]
    public void Open_NameThatItMayNotVouchFor_IsRefused()
    {
        Open(Host()).Dispose();

        var refused = Assert.Throws<StartException>(() => Open(Host("new.example.org"), "new.example.org"));

        Assert.Contains("may not vouch for 'new.example.org'", refused.Message);
        Assert.Contains("which every device must then trust", refused.Message);
    }

    [Fact]
    public void Open_NearItsEnd_IsRefused()
    {
        Open(Host()).Dispose();

        var refused = Assert.Throws<StartException>(() => LocalAuthority.Open(
            _folder.Path, Host(), [], Now + LocalAuthority.Lifetime - TimeSpan.FromDays(10)));

        Assert.Contains("ends on", refused.Message);
    }

    [Fact]
    public void HasIssued_CertificateOfAnother_IsFalse()
    {
        using var other = new TestFolder();
        using var one = Open(Host());
        using var two = LocalAuthority.Open(other.Path, Host(), [], Now);
        using var issued = two.Issue(Host(), Now);

        Assert.True(two.HasIssued(issued));
        Assert.False(one.HasIssued(issued));
    }

    [Fact]
    public void Constraints_OfACertificateWithoutThem_AreNone()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var plain = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(Now, Now + TimeSpan.FromDays(1));

        Assert.Null(NameConstraints.Of(plain));
    }

    public void Dispose() => _folder.Dispose();

    private static HostNames Host(params string[] more) => new(
        ["localhost", "desk", "desk.local", .. more],
        [IPAddress.Loopback, IPAddress.Parse("192.168.7.8")],
        IPAddress.Parse("192.168.7.8"));

    private LocalAuthority Open(HostNames host, params string[] more) =>
        LocalAuthority.Open(_folder.Path, host, more, Now);

    private string PathOf(string name) => Path.Combine(_folder.Path, name);
}
