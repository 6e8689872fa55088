using System.Net;
using System.Net.Sockets;

namespace Rondo.Services.Auth;

/// <summary>
/// Networks in CIDR notation. An IPv4 address that is written as IPv6 is taken for what it is. Immutable.
/// </summary>
internal sealed class AddressList
{
    public const int Most = 100;

    private const int MappedBits = 96;

    private readonly IPNetwork[] _networks;

    private AddressList(IPNetwork[] networks) => _networks = networks;

    public IReadOnlyList<string> Texts => [.. _networks.Select(n => n.ToString())];

    /// <summary>The list, or null and which of the texts is no network.</summary>
    public static (AddressList? List, string? Mistake) Parse(IReadOnlyList<string> texts)
    {
        var networks = new IPNetwork[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            if (!TryParse(texts[i], out networks[i]))
            {
                return (null, $"'{texts[i]}' is no network such as 10.0.0.0/8 or 2001:db8::/32, nor an address.");
            }
        }

        return (new AddressList(networks), null);
    }

    /// <summary>Takes no memory for IPv4 and IPv6 alike.</summary>
    public bool Contains(IPAddress address)
    {
        foreach (var network in _networks)
        {
            if (Contains(network, address))
            {
                return true;
            }
        }

        return false;
    }

    public bool Covers(AddressList other) => other._networks.All(inner => _networks.Any(outer =>
        outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress)));

    /// <summary>The address as the network knows it.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool Contains(IPNetwork network, IPAddress address) =>
        network.Contains(address)
        || (address.IsIPv4MappedToIPv6 && network.BaseAddress.AddressFamily is AddressFamily.InterNetwork
            && network.Contains(address.MapToIPv4()));

    private static bool TryParse(string text, out IPNetwork network)
    {
        if (!text.Contains('/') && IPAddress.TryParse(text, out var address) && !text.Contains('%'))
        {
            var plain = Plain(address);
            network = new IPNetwork(plain, plain.AddressFamily is AddressFamily.InterNetwork ? 32 : 128);
            return true;
        }

        // Not 10.0.0.1/8: whether the address or the network is meant, nobody can tell.
        if (!IPNetwork.TryParse(text, out network)
            || !IPAddress.TryParse(text.AsSpan(0, text.IndexOf('/')), out var written)
            || !written.Equals(network.BaseAddress))
        {
            return false;
        }

        if (network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedBits)
        {
            network = new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedBits);
        }

        return true;
    }
}
