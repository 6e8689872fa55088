using System.Net;
using System.Net.Sockets;

namespace Rondo.Services.Hosting;

/// <summary>
/// Tells addresses of the public internet from those of this machine and of private networks, which nobody outside
/// should reach through us (IANA's registries of special-purpose addresses).
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/3", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
            "2001:db8::/32", "2002::/16", "3fff::/20", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    private static readonly IPNetwork[] NobodysPlaces =
    [
        .. new[]
        {
            "0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/128", "fd00:ec2::/32", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    public static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Special.Any(n => n.Contains(plain));
    }

    /// <summary>
    /// Whether a service of a network can be at an address: not link-local, where clouds answer with a machine's
    /// secrets, not a group of machines, not none.
    /// </summary>
    public static bool IsNearby(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !NobodysPlaces.Any(n => n.Contains(plain));
    }

    /// <summary>Connects to a host if it is public: the address that was looked at is the one that is used.</summary>
    /// <exception cref="HttpRequestException">The host has no public address.</exception>
    public static ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellation) =>
        ConnectAsync(host, IsPublic, "of a private network or of this machine", cancellation);

    /// <summary>Connects to a host of this or a private network, or to a public one.</summary>
    /// <exception cref="HttpRequestException">The host is at a link-local address, or at none.</exception>
    public static ValueTask<Stream> ConnectNearbyAsync(DnsEndPoint host, CancellationToken cancellation) =>
        ConnectAsync(host, IsNearby, "that no service is at", cancellation);

    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint host, Func<IPAddress, bool> isAllowed, string refusal, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(host.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(host.Host, cancellation);
        if (addresses.Length == 0 || !addresses.All(isAllowed))
        {
            throw new HttpRequestException($"'{host.Host}' is an address {refusal}.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancellation);
            AskWhetherItIsThere(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Who only listens, to a watch say, would never learn that the other machine is gone: after 20 s of silence the
    // kernel asks, and gives the connection up 15 s later.
    private static void AskWhetherItIsThere(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 20);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }
}
