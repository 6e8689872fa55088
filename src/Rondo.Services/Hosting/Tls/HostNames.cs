using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Rondo.Services.Hosting.Tls;

/// <summary>By what names and addresses this host can be reached.</summary>
/// <param name="Names">Names, in lower case.</param>
/// <param name="Addresses">Addresses of its interfaces.</param>
/// <param name="OnNetwork">The address that others in the local network would use; null when there is none.</param>
internal sealed record HostNames(
    IReadOnlyList<string> Names, IReadOnlyList<IPAddress> Addresses, IPAddress? OnNetwork)
{
    /// <summary>Asks the system. Nothing that it says makes this fail.</summary>
    /// <param name="more">Names and addresses that the system does not know.</param>
    public static HostNames Look(IEnumerable<string> more)
    {
        var extra = more.ToLookup(h => IPAddress.TryParse(h, out _));
        var name = Dns.GetHostName().ToLowerInvariant();
        var first = name.Split('.')[0];
        var interfaces = Interfaces();
        var addresses = interfaces.SelectMany(i => i.Addresses).Where(IsUsable)
            .Prepend(IPAddress.IPv6Loopback).Prepend(IPAddress.Loopback)
            .Concat(extra[true].Select(IPAddress.Parse));
        return new HostNames(
            [
                .. new[] { "localhost", name, first + ".local" }
                    .Concat(extra[false].Select(h => h.ToLowerInvariant())).Where(n => n.Length > 0).Distinct(),
            ],
            [.. addresses.Distinct()],
            interfaces.OrderByDescending(i => i.HasGateway).SelectMany(i => i.Addresses)
                .FirstOrDefault(a => a.AddressFamily is AddressFamily.InterNetwork && !IPAddress.IsLoopback(a)));
    }

    /// <summary>Where others in the network reach what this host listens on.</summary>
    /// <param name="addresses">What the server listens on.</param>
    /// <param name="scheme">Of those the ones with this.</param>
    /// <returns>Host and port; null when only this machine reaches it.</returns>
    public string? Reached(IEnumerable<string> addresses, string scheme)
    {
        foreach (var address in addresses.Select(BindingAddress.Parse).Where(a => a.Scheme == scheme))
        {
            var bound = IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) ? ip : null;
            var isAny = address.Host is "*" or "+" || IPAddress.Any.Equals(bound) || IPAddress.IPv6Any.Equals(bound);
            var reached = isAny ? OnNetwork : bound is null || IPAddress.IsLoopback(bound) ? null : bound;
            if (reached is not null)
            {
                return new IPEndPoint(reached, address.Port).ToString();
            }
        }

        return null;
    }

    private static List<(bool HasGateway, IPAddress[] Addresses)> Interfaces()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
                .Select(i => i.GetIPProperties())
                .Select(p => (
                    p.GatewayAddresses.Count > 0,
                    p.UnicastAddresses.Select(u => u.Address).ToArray()))];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }

    // An address of one link means nothing without the link, which no certificate can name.
    private static bool IsUsable(IPAddress address) =>
        !address.IsIPv6LinkLocal && !address.IsIPv6Multicast
        && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
}
