using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rondo.Services.Hosting.Pages;

namespace Rondo.Services.Hosting.Tls;

/// <summary>
/// <c>/trust</c>: the page on how a device trusts the authority, and its certificate in the forms that devices want.
/// </summary>
internal static class TrustEndpoints
{
    public const string Path = "/trust";

    public static void MapTrust(this IEndpointRouteBuilder routes)
    {
        var certificates = routes.ServiceProvider.GetRequiredService<ServerCertificates>();
        if (certificates.Authority is not { } authority)
        {
            return;
        }

        var server = routes.ServiceProvider.GetRequiredService<IServer>();
        routes.MapRead(Path, context => WritePageAsync(context, authority, certificates, server));

        // iOS, Android and Windows open the first, RFC 2585 names the second, and what reads text wants the third.
        var der = authority.Certificate.RawData;
        var pem = Encoding.ASCII.GetBytes(authority.Certificate.ExportCertificatePem() + "\n");
        routes.MapRead(Path + "/rondo.crt", context => WriteAsync(context, "application/x-x509-ca-cert", der));
        routes.MapRead(Path + "/rondo.cer", context => WriteAsync(context, "application/pkix-cert", der));
        routes.MapRead(Path + "/rondo.pem", context => WriteAsync(context, "application/x-pem-file", pem));
    }

    private static Task WritePageAsync(
        HttpContext context, LocalAuthority authority, ServerCertificates certificates, IServer server)
    {
        var request = context.Request;
        var language = PageLanguages.Parse(request.Query["lang"].ToString())
            ?? PageLanguages.Preferred(request.Headers.AcceptLanguage);
        context.Response.Headers.Vary = "Accept-Language";
        context.Response.Headers.CacheControl = "no-store";

        // Who looks at this machine's own screen shows it to a phone.
        var name = request.Host.Host.Trim('[', ']');
        var isHere = name == "localhost" || (IPAddress.TryParse(name, out var ip) && IPAddress.IsLoopback(ip));
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses;
        var host = (isHere ? certificates.Look().Reached(addresses, Uri.UriSchemeHttps) : null) ?? request.Host.ToString();
        return TrustPage.WriteAsync(context, language, host, authority.Fingerprint);
    }

    private static Task WriteAsync(HttpContext context, string type, byte[] content)
    {
        var response = context.Response;
        response.ContentType = type;
        response.ContentLength = content.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        return response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }
}
