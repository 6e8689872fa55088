using System.Net;

namespace Rondo.Services.Nodes;

/// <summary>The other end of the connection that a request came by to a follower.</summary>
/// <param name="Address">Null for one of this host that has none.</param>
/// <param name="Port">Its port.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
internal sealed record FollowedPeer(IPAddress? Address, int Port, string Scheme)
{
    public static FollowedPeer Of(HttpContext context) =>
        new(context.Connection.RemoteIpAddress, context.Connection.RemotePort, context.Request.Scheme);

    /// <summary>Lets all that follows see the request as if the peer had sent it here.</summary>
    public void ApplyTo(HttpContext context)
    {
        context.Connection.RemoteIpAddress = Address;
        context.Connection.RemotePort = Port;
        context.Request.Scheme = Scheme;
    }
}
