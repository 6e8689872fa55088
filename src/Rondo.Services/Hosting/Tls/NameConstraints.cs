using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Rondo.Services.Hosting.Tls;

/// <summary>
/// What an authority may vouch for (RFC 5280 section 4.2.1.10): a device that trusts it trusts it for these names and
/// networks alone, so that a stolen key opens no bank.
/// </summary>
internal sealed class NameConstraints
{
    private const string Oid = "2.5.29.30";

    // Names that are of no public tree (RFC 6762, RFC 8375, and ICANN's reservation of 'internal').
    private static readonly string[] LocalNames = ["localhost", "local", "home.arpa", "internal"];

    private static readonly IPNetwork[] LocalNetworks =
    [
        .. new[]
        {
            "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
            "::1/128", "fc00::/7",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    private static readonly Asn1Tag Permitted = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag Address = new(TagClass.ContextSpecific, 7);

    private readonly IReadOnlyList<string> _names;
    private readonly IReadOnlyList<IPNetwork> _networks;

    private NameConstraints(IReadOnlyList<string> names, IReadOnlyList<IPNetwork> networks)
    {
        _names = names;
        _networks = networks;
    }

    /// <summary>
    /// Local names and private networks, and what this host has besides them: its own name, what it is called by hand,
    /// and IPv4 addresses, which seldom change. Public IPv6 addresses change every day.
    /// </summary>
    public static NameConstraints For(HostNames host, IEnumerable<string> more)
    {
        var own = host.Addresses.Where(a => a.GetAddressBytes().Length == 4)
            .Concat(more.Select(h => IPAddress.TryParse(h, out var address) ? address : null).OfType<IPAddress>())
            .Where(a => !LocalNetworks.Any(n => n.Contains(a)))
            .Select(a => new IPNetwork(a, a.GetAddressBytes().Length * 8));
        return new NameConstraints(
            [.. LocalNames.Concat(host.Names).Distinct()], [.. LocalNetworks.Concat(own).Distinct()]);
    }

    /// <summary>Those of an authority; null when it has none that can be read.</summary>
    public static NameConstraints? Of(X509Certificate2 authority)
    {
        if (authority.Extensions.FirstOrDefault(e => e.Oid?.Value == Oid) is not { } extension)
        {
            return null;
        }

        try
        {
            var subtrees = new AsnReader(extension.RawData, AsnEncodingRules.DER)
                .ReadSequence().ReadSequence(Permitted);
            var (names, networks) = (new List<string>(), new List<IPNetwork>());
            while (subtrees.HasData)
            {
                var subtree = subtrees.ReadSequence();
                if (subtree.PeekTag().HasSameClassAndValue(DnsName))
                {
                    names.Add(subtree.ReadCharacterString(UniversalTagNumber.IA5String, DnsName));
                }
                else
                {
                    networks.Add(Network(subtree.ReadOctetString(Address)));
                }
            }

            return new NameConstraints(names, networks);
        }
        catch (Exception error) when (error is AsnContentException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What this permits of a host's names and addresses.</summary>
    public HostNames Permit(HostNames host) => host with
    {
        Names = [.. host.Names.Where(Permits)],
        Addresses = [.. host.Addresses.Where(Permits)],
    };

    /// <param name="host">A name or an address.</param>
    public bool Permits(string host) => IPAddress.TryParse(host, out var address)
        ? Permits(address)
        : _names.Any(n => host.Equals(n, StringComparison.OrdinalIgnoreCase)
            || host.EndsWith("." + n, StringComparison.OrdinalIgnoreCase));

    public X509Extension ToExtension()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(Permitted))
        {
            foreach (var name in _names)
            {
                using var subtree = writer.PushSequence();
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, DnsName);
            }

            foreach (var network in _networks)
            {
                using var subtree = writer.PushSequence();
                writer.WriteOctetString(AddressAndMask(network), Address);
            }
        }

        return new X509Extension(Oid, writer.Encode(), critical: true);
    }

    private bool Permits(IPAddress address) => _networks.Any(n => n.Contains(address));

    private static byte[] AddressAndMask(IPNetwork network)
    {
        var address = network.BaseAddress.GetAddressBytes();
        var mask = new byte[address.Length];
        for (var bit = 0; bit < network.PrefixLength; bit++)
        {
            mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return [.. address, .. mask];
    }

    private static IPNetwork Network(byte[] addressAndMask)
    {
        var half = addressAndMask.Length / 2;
        var bits = addressAndMask.Skip(half).Sum(b => System.Numerics.BitOperations.PopCount(b));
        return new IPNetwork(new IPAddress(addressAndMask.AsSpan(0, half)), bits);
    }
}
