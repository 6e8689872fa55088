using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Rondo.Services.Hosting.Tls;

/// <summary>
/// Certificates of the local authority, kept in <c>tls/server.pem</c>: another one when this host has other names or
/// addresses, and when two thirds of the time are over.
/// </summary>
internal sealed class IssuedCertificates(LocalAuthority authority, string folder, Func<HostNames> look)
    : ICertificateSource
{
    private readonly string _path = Path.Combine(folder, "server.pem");
    private X509Certificate2? _current;
    private HashSet<string> _names = [];

    public SslStreamCertificateContext? Next(DateTimeOffset now)
    {
        var host = authority.Permit(look());
        var names = host.Names.Concat(host.Addresses.Select(a => a.ToString())).ToHashSet();
        if (_current is null && Stored() is { } stored)
        {
            _names = NamesOf(stored);
            if (Serves(stored, names, now))
            {
                return Use(stored);
            }

            stored.Dispose();
        }

        if (_current is not null && Serves(_current, names, now))
        {
            return null;
        }

        var issued = authority.Issue(host, now);
        PemPair.Write(_path, issued);
        _names = names;
        return Use(issued);
    }

    private bool Serves(X509Certificate2 certificate, HashSet<string> names, DateTimeOffset now) =>
        _names.SetEquals(names)
        && certificate.NotBefore.ToUniversalTime() <= now.UtcDateTime
        && certificate.NotAfter.ToUniversalTime() - now.UtcDateTime > LocalAuthority.LeafLifetime / 3;

    // The one before may be in a handshake still; it goes with the last that uses it.
    private SslStreamCertificateContext Use(X509Certificate2 certificate)
    {
        _current = certificate;
        return SslStreamCertificateContext.Create(certificate, null, offline: true);
    }

    // One that cannot be read or is of another authority is nothing lost.
    private X509Certificate2? Stored()
    {
        try
        {
            var stored = File.Exists(_path) ? PemPair.Read(_path, _path) : null;
            if (stored is null || authority.HasIssued(stored))
            {
                return stored;
            }

            stored.Dispose();
            return null;
        }
        catch (StartException)
        {
            return null;
        }
    }

    private static HashSet<string> NamesOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } names
            ? [.. names.EnumerateDnsNames(), .. names.EnumerateIPAddresses().Select(a => a.ToString())]
            : [];
}
