using System.Net;
using System.Net.Sockets;
using Rondo.Services.Hosting;

namespace Rondo.Services.Nodes;

/// <summary>Where the other nodes reach this one.</summary>
internal static class NodeAddress
{
    private const string Loopback = "127.0.0.1";

    /// <exception cref="StartException">It is no address.</exception>
    public static Uri Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0 && url.PathAndQuery == "/" && url.Fragment.Length == 0
            ? url
            : throw new StartException(
                $"'{text}' is no address of a node; write one such as http://10.0.0.5:8080.", ExitCode.Usage);

    /// <summary>
    /// The first that is listened on with a host of its own. Where that is every interface, it is the one through which
    /// the database is reached: the others reach that, too.
    /// </summary>
    /// <param name="listened">All addresses, as the server tells them.</param>
    /// <param name="databaseHost">A name, an address, or the folder of a socket.</param>
    /// <param name="databasePort">Its port.</param>
    /// <exception cref="StartException">Nothing is listened on that others could reach.</exception>
    public static Uri Find(IEnumerable<string> listened, string databaseHost, int databasePort)
    {
        var addresses = listened.Select(BindingAddress.Parse).Where(a => !a.IsUnixPipe && !a.IsNamedPipe).ToList();
        if (addresses.Find(a => !IsEverywhere(a)) is { } concrete)
        {
            return Of(concrete, concrete.Host);
        }

        return addresses.Count > 0
            ? Of(addresses[0], Towards(databaseHost, databasePort))
            : throw new StartException(
                "The other nodes reach this one by HTTP: listen on an address of this host, or name one with "
                    + "--node-address.",
                ExitCode.Usage);
    }

    private static Uri Of(BindingAddress address, string host) =>
        new($"{address.Scheme}://{(host.Contains(':') && host[0] != '[' ? $"[{host}]" : host)}:{address.Port}");

    // Nothing is sent: the system only says which of its addresses it would use.
    private static string Towards(string host, int port)
    {
        try
        {
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(host, port);
            return ((IPEndPoint)socket.LocalEndPoint!).Address is { IsIPv4MappedToIPv6: true } mapped
                ? mapped.MapToIPv4().ToString()
                : ((IPEndPoint)socket.LocalEndPoint).Address.ToString();
        }
        catch (SocketException)
        {
            // Among them: the folder of a socket, so that the database is on this host.
            return Loopback;
        }
    }

    private static bool IsEverywhere(BindingAddress binding) =>
        binding.Host is "*" or "+"
        || (IPAddress.TryParse(binding.Host.Trim('[', ']'), out var address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
}
