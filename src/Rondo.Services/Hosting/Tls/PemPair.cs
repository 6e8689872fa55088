using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Rondo.Services.Hosting.Tls;

/// <summary>A certificate and its private key as PEM, in one file or in two.</summary>
internal static class PemPair
{
    /// <summary>The certificate with its key, fit for TLS.</summary>
    /// <param name="certificatePath">Where the certificate is the first one.</param>
    /// <param name="keyPath">Where the key is; others than the owner and the group must not read it.</param>
    /// <exception cref="StartException">A file cannot be used, or the two do not belong together.</exception>
    public static X509Certificate2 Read(string certificatePath, string keyPath)
    {
        var key = PrivateFile.ReadText(keyPath, mayBeOfGroup: certificatePath != keyPath);
        var certificate = certificatePath == keyPath ? key : ReadText(certificatePath);
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new StartException($"The key in '{keyPath}' has a password, which nobody is there to type.");
        }

        try
        {
            var pair = X509Certificate2.CreateFromPem(certificate, key);
            if (!OperatingSystem.IsWindows())
            {
                return pair;
            }

            // TLS on Windows takes no key that is in memory alone.
            using (pair)
            {
                return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
            }
        }
        catch (ArgumentException)
        {
            throw new StartException($"The key in '{keyPath}' is not that of the certificate in '{certificatePath}'.");
        }
        catch (CryptographicException error)
        {
            throw new StartException(
                $"'{certificatePath}' and '{keyPath}' are no certificate and private key in PEM: {error.Message}");
        }
    }

    /// <summary>All certificates of a file, the first one included.</summary>
    /// <exception cref="StartException">It cannot be used.</exception>
    public static X509Certificate2Collection ReadAll(string path)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPem(ReadText(path));
            return all;
        }
        catch (CryptographicException error)
        {
            throw new StartException($"'{path}' has no certificates in PEM: {error.Message}");
        }
    }

    /// <summary>Writes both into one file, readable for its owner alone, in place of one that is there.</summary>
    /// <exception cref="StartException">It cannot be written.</exception>
    public static void Write(string path, X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        var text = certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
        var beside = path + ".new";
        try
        {
            File.Delete(beside);
            PrivateFile.Write(beside, Encoding.ASCII.GetBytes(text));
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"'{path}' cannot be written: {error.Message}");
        }
    }

    private static string ReadText(string path)
    {
        const int most = 256 * 1024;
        try
        {
            return new FileInfo(path).Length <= most
                ? File.ReadAllText(path)
                : throw new StartException($"'{path}' is too long for certificates.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"'{path}' cannot be read: {error.Message}");
        }
    }
}
