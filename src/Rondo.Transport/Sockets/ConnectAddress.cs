using System.Net;
using System.Net.Sockets;

namespace Rondo.Transport.Sockets;

/// <summary>Where to connect to, in the kernel's form, so that many connects to it allocate nothing. Immutable.</summary>
internal sealed class ConnectAddress
{
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <param name="endPoint">An IPv4, IPv6 or Unix address; a name is to be resolved before.</param>
    /// <exception cref="NotSupportedException">It is of another kind.</exception>
    public ConnectAddress(EndPoint endPoint)
    {
        EndPoint = endPoint;
        Family = SocketAddresses.Family(endPoint);
        IsInternet = endPoint.AddressFamily != AddressFamily.Unix;
        _bytes = SocketAddresses.ToBytes(endPoint);
    }

    public EndPoint EndPoint { get; }

    public int Family { get; }

    public bool IsInternet { get; }

    public ReadOnlySpan<byte> Bytes => _bytes.Span;

    public override string ToString() => EndPoint.ToString() ?? "";
}
