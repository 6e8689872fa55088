using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rondo.Transport.Tests.Support;

/// <summary>A certificate that its clients know.</summary>
internal static class TestCertificate
{
    private static readonly Lazy<X509Certificate2> s_shared = new(Make);

    public static X509Certificate2 Shared => s_shared.Value;

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
