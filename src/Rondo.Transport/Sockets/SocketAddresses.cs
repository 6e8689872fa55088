using System.Net;
using System.Net.Sockets;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>Between the platform's end points and the kernel's addresses.</summary>
internal static class SocketAddresses
{
    /// <summary>As long as the longest (<c>struct sockaddr_storage</c>).</summary>
    public const int Longest = 128;

    public static int Family(EndPoint endPoint) => endPoint.AddressFamily switch
    {
        AddressFamily.InterNetwork => LinuxConstants.FamilyInternet,
        AddressFamily.InterNetworkV6 => LinuxConstants.FamilyInternet6,
        AddressFamily.Unix => LinuxConstants.FamilyUnix,
        _ => throw new NotSupportedException($"There is no transport for {endPoint.AddressFamily} ({endPoint})."),
    };

    public static ReadOnlyMemory<byte> ToBytes(EndPoint endPoint)
    {
        var address = endPoint.Serialize();
        return address.Buffer[..address.Size];
    }

    public static EndPoint? Local(LinuxCalls calls, int descriptor)
    {
        Span<byte> address = stackalloc byte[Longest];
        return calls.LocalName(descriptor, address, out var length) < 0 ? null : FromBytes(address[..length]);
    }

    /// <summary>Null for a Unix peer without a name, and for what is no address.</summary>
    public static EndPoint? FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2)
        {
            return null;
        }

        // The layout is the system's, and the platform knows it.
        var address = new SocketAddress(AddressFamily.InterNetwork, bytes.Length);
        bytes.CopyTo(address.Buffer.Span);
        switch (address.Family)
        {
            case AddressFamily.InterNetwork:
                return new IPEndPoint(IPAddress.Any, 0).Create(address);
            case AddressFamily.InterNetworkV6:
                return new IPEndPoint(IPAddress.IPv6Any, 0).Create(address);
            case AddressFamily.Unix:
                var path = bytes[2..];
                var end = path.IndexOf((byte)0);
                return end == 0 || path.IsEmpty
                    ? null
                    : new UnixDomainSocketEndPoint(System.Text.Encoding.UTF8.GetString(end > 0 ? path[..end] : path));
            default:
                return null;
        }
    }
}
