using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rondo.Services.Nodes;

/// <summary>
/// Which certificate a follower takes for the leader's: the one whose SHA-256 the leader has written into the database,
/// and no other. Nodes have authorities of their own, and names need not match addresses.
/// </summary>
/// <threadsafety>Every member from any thread.</threadsafety>
internal sealed class LeaderCertificate(NodeNotes notes)
{
    public static string Fingerprint(X509Certificate certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));

    public bool Trusts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is not null && notes.Leader?.Certificate is { } expected && Fingerprint(certificate) == expected;
}
