using System.Net;

namespace Rondo.Services.Hosting.Tls;

/// <summary>Section <c>Tls</c> of the configuration.</summary>
internal sealed class TlsOptions : ICheckedOptions
{
    public const string Section = "Tls";

    private const int MostHosts = 50;
    private const int LongestName = 253;

    /// <summary>Whether to listen with TLS; <c>--tls</c>. Read at the start alone.</summary>
    public bool Enabled { get; set; }

    /// <summary>Names and addresses of this host besides those that it knows itself; <c>--host</c>.</summary>
    public string[] Hosts { get; set; } = [];

    /// <summary>A file with a certificate and those that lead to its root, in PEM; none makes one.</summary>
    public string? Certificate { get; set; }

    /// <summary>The file with its private key, in PEM.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>How long a client may take for the handshake. Default 10 s, 1 s to 1 minute.</summary>
    public TimeSpan HandshakeLimit { get; set; } = TimeSpan.FromSeconds(10);

    public IEnumerable<string> Check()
    {
        if (Certificate is null != CertificateKey is null)
        {
            yield return "Certificate and CertificateKey belong together: the certificate's file, and its key's.";
        }

        if (HandshakeLimit < TimeSpan.FromSeconds(1) || HandshakeLimit > TimeSpan.FromMinutes(1))
        {
            yield return $"HandshakeLimit {HandshakeLimit} is not between 00:00:01 and 00:01:00.";
        }

        if (Hosts.Length > MostHosts)
        {
            yield return $"Hosts has {Hosts.Length} names; {MostHosts} are the most.";
        }

        foreach (var host in Hosts.Where(h => !IsHost(h)))
        {
            yield return $"Hosts: '{host}' is no name or address of a host, such as desk.example.org or 10.0.0.5.";
        }
    }

    // What DNS calls a host name (RFC 1123); whoever has letters beyond ASCII writes the form with 'xn--'.
    private static bool IsHost(string host) =>
        IPAddress.TryParse(host, out _)
        || (host.Length is > 0 and <= LongestName && host.Split('.').All(label =>
            label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')));
}
