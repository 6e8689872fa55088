using System.Net;
using System.Net.NetworkInformation;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Rondo.Services.Auth;

namespace Rondo.Services.Gateway;

/// <summary>Tells whether an address is one that this process listens on.</summary>
/// <threadsafety>Every member from any thread, once the server has started.</threadsafety>
internal sealed class OwnAddresses(IServer server)
{
    public bool Contains(Uri url)
    {
        var host = url.IdnHost.Trim('[', ']').TrimEnd('.');
        var address = IPAddress.TryParse(host, out var parsed) ? AddressList.Plain(parsed) : null;
        var isLoopback = host == "localhost" || (address is not null && IPAddress.IsLoopback(address));
        foreach (var listening in Listening().Where(l => l.Port == url.Port))
        {
            var bound = listening.Host.Trim('[', ']');
            var isAny = bound is "*" or "+" or "::" or "0.0.0.0";
            if (bound.Equals(host, StringComparison.OrdinalIgnoreCase)
                || (isLoopback && (isAny || bound is "localhost" or "127.0.0.1" or "::1"))
                || (isAny && address is not null && IsOfThisMachine(address)))
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<BindingAddress> Listening() =>
        (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
            .Select(BindingAddress.Parse)
            .Where(a => !a.IsUnixPipe && !a.IsNamedPipe);

    private static bool IsOfThisMachine(IPAddress address) => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(i => i.GetIPProperties().UnicastAddresses)
        .Any(a => a.Address.Equals(address));
}
