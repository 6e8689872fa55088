using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Rondo.Services.Hosting.Tls;

/// <summary>A certificate and its key that somebody else puts into files, and renews there.</summary>
internal sealed class CertificateFiles(LiveOptions<TlsOptions> options) : ICertificateSource
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string AnyUsage = "2.5.29.37.0";

    private (string? Certificate, string? Key, DateTime, DateTime, long, long) _seen;

    public SslStreamCertificateContext? Next(DateTimeOffset now)
    {
        var (certificate, key) = (options.Current.Certificate, options.Current.CertificateKey);
        if (certificate is null || key is null)
        {
            throw new StartException("Tls: the files of the certificate and of its key are no longer named.");
        }

        var (first, second) = (new FileInfo(certificate), new FileInfo(key));
        var look = (
            certificate, key, first.LastWriteTimeUtc, second.LastWriteTimeUtc,
            first.Exists ? first.Length : 0, second.Exists ? second.Length : 0);
        if (look == _seen)
        {
            return null;
        }

        // Seen, be it good or not: what is wrong is told once.
        _seen = look;
        var pair = PemPair.Read(certificate, key);
        try
        {
            Refuse(pair, certificate, now.UtcDateTime);
            return SslStreamCertificateContext.Create(pair, PemPair.ReadAll(certificate), offline: true);
        }
        catch
        {
            pair.Dispose();
            throw;
        }
    }

    private static void Refuse(X509Certificate2 certificate, string path, DateTime now)
    {
        if (certificate.NotAfter.ToUniversalTime() <= now)
        {
            throw new StartException($"The certificate in '{path}' ended on {certificate.NotAfter:yyyy-MM-dd}.");
        }

        if (certificate.NotBefore.ToUniversalTime() > now)
        {
            throw new StartException($"The certificate in '{path}' begins on {certificate.NotBefore:yyyy-MM-dd}.");
        }

        if (certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } usage
            && !usage.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>()
                .Any(o => o.Value is ServerAuthentication or AnyUsage))
        {
            throw new StartException($"The certificate in '{path}' is not for servers.");
        }
    }
}
