using System.Net.Security;

namespace Rondo.Lab.Load.Targets;

/// <summary>Whom a load believes.</summary>
internal static class TlsTrust
{
    /// <param name="host">The name that the server must prove.</param>
    /// <param name="isInsecure">Whether any certificate will do.</param>
    /// <param name="protocol">The protocol to speak inside.</param>
    public static SslClientAuthenticationOptions Options(
        string host, bool isInsecure, SslApplicationProtocol? protocol = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ApplicationProtocols = [protocol ?? SslApplicationProtocol.Http11],
        };
        if (isInsecure)
        {
#pragma warning disable CA5359 // Only where the user asks for it.
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return options;
    }
}
