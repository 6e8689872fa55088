using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rondo.Services.Hosting.Tls;

namespace Rondo.Services.Doctor;

/// <summary>How long the certificates count.</summary>
internal static class CertificateCheckUp
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public static IEnumerable<Finding> Look(Patient patient)
    {
        // The server's own, which the authority has issued, is renewed by itself.
        var authority = Path.Combine(patient.Folder, "tls", "authority.crt");
        var given = patient.Configuration[$"{TlsOptions.Section}:{nameof(TlsOptions.Certificate)}"];
        var files = new[] { (Path: authority, Left: LocalAuthority.LeafLifetime), (Path: given!, Left: Soon) }
            .Where(f => f.Path is { Length: > 0 } && (f.Path == given || File.Exists(f.Path))).ToList();
        return files.Count == 0
            ? [Finding.Ok(FindingCodes.Certificate, "none; --tls makes one")]
            : files.Select(f => Look(f.Path, f.Left, patient.Time.GetUtcNow()));
    }

    private static Finding Look(string path, TimeSpan left, DateTimeOffset now)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(path);
            var end = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
            var days = (end - now).TotalDays;
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"'{path}' {(days < 0 ? "ended" : "ends")} on {end:yyyy-MM-dd}, {Math.Abs(days):0} days {(days < 0 ? "ago" : "from now")}");
            return end <= now ? Finding.Fail(FindingCodes.Certificate, text)
                : end <= now + left ? Finding.Warn(FindingCodes.Certificate, text)
                : Finding.Ok(FindingCodes.Certificate, text);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(FindingCodes.Certificate, $"'{path}' cannot be read: {error.Message}");
        }
    }
}
