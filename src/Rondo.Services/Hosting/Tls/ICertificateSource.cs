using System.Net.Security;

namespace Rondo.Services.Hosting.Tls;

/// <summary>Where the server's certificate comes from.</summary>
internal interface ICertificateSource
{
    /// <summary>The certificate to use from now on; null while the last one will do.</summary>
    /// <exception cref="StartException">There should be another one, but it cannot be used.</exception>
    SslStreamCertificateContext? Next(DateTimeOffset now);
}
