using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Rondo.Services.Hosting.Tls;

/// <summary>
/// A certificate authority of this data folder alone, for the names that <see cref="NameConstraints"/> permits. Its key
/// is in <c>tls/authority.pem</c>, readable for its owner alone; what devices must trust, in <c>tls/authority.crt</c>.
/// </summary>
/// <threadsafety>From any thread.</threadsafety>
internal sealed class LocalAuthority : IDisposable
{
    /// <summary>Devices trust it once: it outlives them.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3652);

    /// <summary>What phones accept at most is 398 days; whoever runs for long renews, so it can be short.</summary>
    public static readonly TimeSpan LeafLifetime = TimeSpan.FromDays(90);

    private const string PrivateFileName = "authority.pem";
    private const string PublicFileName = "authority.crt";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const int SerialBytes = 16;

    // The clocks of phones are not always right.
    private static readonly TimeSpan Before = TimeSpan.FromDays(1);

    private readonly NameConstraints _constraints;

    private LocalAuthority(X509Certificate2 certificate, NameConstraints constraints, string folder)
    {
        Certificate = certificate;
        _constraints = constraints;
        PublicPath = Path.Combine(folder, PublicFileName);
    }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The file with the certificate alone, in PEM.</summary>
    public string PublicPath { get; }

    /// <summary>By which people compare what they have with what there is: SHA-256 of the certificate.</summary>
    public string Fingerprint => string.Join(
        ':',
        Certificate.GetCertHash(HashAlgorithmName.SHA256).Select(b => b.ToString("X2", CultureInfo.InvariantCulture)));

    /// <summary>Takes the one of a folder, or makes it.</summary>
    /// <param name="folder">The folder, which is there.</param>
    /// <param name="host">The names that there are.</param>
    /// <param name="more">Those of them that people asked for.</param>
    /// <param name="now">The present.</param>
    /// <exception cref="StartException">
    /// It cannot be read or written, is over, or may not vouch for a name that people asked for.
    /// </exception>
    public static LocalAuthority Open(string folder, HostNames host, IReadOnlyList<string> more, DateTimeOffset now)
    {
        var path = Path.Combine(folder, PrivateFileName);
        var authority = File.Exists(path) ? Read(path) : Make(path, host, more, now);
        if (authority.Certificate.NotAfter.ToUniversalTime() < (now + LeafLifetime).UtcDateTime)
        {
            throw new StartException(
                $"The authority in '{path}' ends on {authority.Certificate.NotAfter:yyyy-MM-dd}. {MakeAnew(folder)}");
        }

        if (more.FirstOrDefault(h => !authority._constraints.Permits(h)) is { } foreign)
        {
            throw new StartException(
                $"The authority in '{path}' may not vouch for '{foreign}', which it did not know when it was made. "
                    + MakeAnew(folder));
        }

        WriteText(authority.PublicPath, authority.Certificate.ExportCertificatePem() + "\n");
        return authority;
    }

    /// <summary>What it can vouch for of a host's names and addresses.</summary>
    public HostNames Permit(HostNames host) => _constraints.Permit(host);

    /// <summary>Whether it has issued a certificate.</summary>
    public bool HasIssued(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    /// <summary>A certificate for all of these names, with a key of its own.</summary>
    public X509Certificate2 Issue(HostNames host, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Rondo", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in host.Names)
        {
            names.AddDnsName(name);
        }

        foreach (var address in host.Addresses)
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var issued = request.Create(
            Certificate, now - Before, now + LeafLifetime, RandomNumberGenerator.GetBytes(SerialBytes));
        return issued.CopyWithPrivateKey(key);
    }

    public void Dispose() => Certificate.Dispose();

    private static LocalAuthority Make(
        string path, HostNames host, IReadOnlyList<string> more, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // By the number people tell apart what they have trusted over the years.
        var number = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(2));
        var name = host.Names.Count > 1 ? host.Names[1] : "this host";
        var request = new CertificateRequest($"CN=Rondo on {name} {number}, O=Rondo", key, HashAlgorithmName.SHA256);
        var constraints = NameConstraints.For(host, more);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(constraints.ToExtension());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var made = request.CreateSelfSigned(now - Before, now + Lifetime);
        PemPair.Write(path, made);
        return new LocalAuthority(made, constraints, Path.GetDirectoryName(path)!);
    }

    private static LocalAuthority Read(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        var certificate = PemPair.Read(path, path);
        if (NameConstraints.Of(certificate) is { } constraints)
        {
            return new LocalAuthority(certificate, constraints, folder);
        }

        certificate.Dispose();
        throw new StartException($"'{path}' is no authority that was made here. {MakeAnew(folder)}");
    }

    private static void WriteText(string path, string text)
    {
        try
        {
            if (!File.Exists(path) || File.ReadAllText(path) != text)
            {
                File.WriteAllText(path, text, Encoding.ASCII);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"'{path}' cannot be written: {error.Message}");
        }
    }

    private static string MakeAnew(string folder) =>
        $"Move '{folder}' away to make a new one, which every device must then trust.";
}
