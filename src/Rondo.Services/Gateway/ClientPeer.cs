using System.Net;
using Rondo.Services.Auth;

namespace Rondo.Services.Gateway;

/// <summary>Who sends a request.</summary>
/// <param name="Address">The client, as far as we can know.</param>
/// <param name="Sender">At the other end of the connection: the client, or a proxy.</param>
/// <param name="IsProxied">Whether the sender is a proxy that is trusted, and may speak of the client.</param>
internal readonly record struct ClientPeer(IPAddress? Address, IPAddress? Sender, bool IsProxied)
{
    public const string ForwardedFor = "X-Forwarded-For";

    public static ClientPeer Of(HttpContext context, AddressList trusted)
    {
        var address = context.Connection.RemoteIpAddress;
        if (address is null || !trusted.Contains(address))
        {
            return new ClientPeer(address, address, false);
        }

        // The last that no trusted proxy has written; all that stands before, anybody can have.
        var hops = context.Request.Headers[ForwardedFor].SelectMany(h => (h ?? "").Split(',')).Reverse();
        foreach (var hop in hops)
        {
            if (!trusted.Contains(address) || !IPAddress.TryParse(hop.Trim(), out var before))
            {
                break;
            }

            address = AddressList.Plain(before);
        }

        return new ClientPeer(address, context.Connection.RemoteIpAddress, true);
    }
}
