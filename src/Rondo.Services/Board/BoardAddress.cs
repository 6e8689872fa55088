using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rondo.Services.Hosting.Tls;

namespace Rondo.Services.Board;

/// <summary>Where other machines find this board.</summary>
/// <param name="server">What listens.</param>
/// <param name="look">Tells the names of this host as they are now.</param>
internal sealed class BoardAddress(IServer server, Func<HostNames> look)
{
    /// <summary>
    /// The address by which a telephone opens the board; null when it cannot reach this server. A screen that hangs
    /// on this machine itself shows where the network reaches it, by TLS if there is: without it nobody measures.
    /// </summary>
    public string? ForPhones(HttpContext context)
    {
        var host = context.Request.Host;
        if (host.HasValue && !IsThisMachine(host.Host))
        {
            return Address(context.Request.Scheme, host.ToString());
        }

        var listening = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var names = look();
        return new[] { Uri.UriSchemeHttps, Uri.UriSchemeHttp }
            .Select(scheme => names.Reached(listening, scheme) is { } reached ? Address(scheme, reached) : null)
            .FirstOrDefault(address => address is not null);
    }

    private static string? Address(string scheme, string authority) =>
        Uri.TryCreate($"{scheme}://{authority}/", UriKind.Absolute, out var address) ? address.AbsoluteUri : null;

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
