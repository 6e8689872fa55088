using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Rondo.Services.Tests.Support;

namespace Rondo.Services.Tests.Hosting.Tls;

/// <summary>Certificates as people make them: with openssl.</summary>
internal static class OwnCertificate
{
    public static async Task MakeAsync(string certificate, string key, string name, params string[] more)
    {
        await Tool.DoAsync(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name, "-keyout", key, "-out", certificate,
                .. more,
            ]);
        SetMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>One of a single day, which openssl makes for no day but this one.</summary>
    /// <param name="certificate">Its file.</param>
    /// <param name="key">The file of its key, which is written over.</param>
    /// <param name="days">How many days from now it ends.</param>
    public static void Make(string certificate, string key, int days)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var end = DateTimeOffset.UtcNow + TimeSpan.FromDays(days);
        using var made = new CertificateRequest("CN=a", pair, HashAlgorithmName.SHA256)
            .CreateSelfSigned(end - TimeSpan.FromDays(1), end);
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Where files have such rights.</summary>
    public static void SetMode(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }
    }
}
