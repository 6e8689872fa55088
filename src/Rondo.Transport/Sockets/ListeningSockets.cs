using System.Net;
using Microsoft.AspNetCore.Connections;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>
/// The listening sockets of one address: one for each loop where the kernel spreads connections (<c>SO_REUSEPORT</c>),
/// one for all where it does not (Unix sockets, inherited descriptors).
/// </summary>
/// <remarks>
/// With <c>SO_REUSEPORT</c> a second process of the same user could bind the same port and take half of the connections
/// without an error. So the first socket binds without it, which finds every other holder; an abstract Unix socket named
/// after the address, bound before, finds another server of this kind, which by then has set the option.
/// </remarks>
internal sealed class ListeningSockets
{
    private readonly LinuxCalls _calls;
    private readonly List<int> _descriptors = [];
    private int _guard = -1;

    private ListeningSockets(LinuxCalls calls, EndPoint endPoint)
    {
        _calls = calls;
        EndPoint = endPoint;
    }

    /// <summary>The address that is bound, with the port that the kernel chose.</summary>
    public EndPoint EndPoint { get; private set; }

    /// <summary>Whether all loops wait on one descriptor.</summary>
    public bool IsShared { get; private set; }

    public int Descriptor(int loop) => _descriptors[IsShared ? 0 : loop];

    /// <exception cref="AddressInUseException">Somebody else listens there.</exception>
    /// <exception cref="NativeException">The kernel refuses for another reason.</exception>
    public static ListeningSockets Open(LinuxCalls calls, EndPoint endPoint, int loops, int backlog)
    {
        var sockets = new ListeningSockets(calls, endPoint);
        try
        {
            if (endPoint is FileHandleEndPoint inherited)
            {
                sockets.Inherit((int)inherited.FileHandle, backlog);
            }
            else
            {
                sockets.Bind(loops, backlog);
            }

            return sockets;
        }
        catch
        {
            sockets.Close();
            throw;
        }
    }

    public void Close()
    {
        foreach (var descriptor in _descriptors)
        {
            _calls.Close(descriptor);
        }

        _descriptors.Clear();
        if (_guard >= 0)
        {
            _calls.Close(_guard);
            _guard = -1;
        }
    }

    private void Inherit(int descriptor, int backlog)
    {
        IsShared = true;
        _descriptors.Add(descriptor);
        NativeException.Check("listen", _calls.Listen(descriptor, backlog));
        _calls.SetNonBlocking(descriptor);
        EndPoint = SocketAddresses.Local(_calls, descriptor) ?? EndPoint;
    }

    private void Bind(int loops, int backlog)
    {
        IsShared = EndPoint is not IPEndPoint;
        for (var n = 0; n < (IsShared ? 1 : loops); n++)
        {
            var descriptor = NativeException.Check("socket", _calls.Socket(
                SocketAddresses.Family(EndPoint),
                LinuxConstants.SockStream | LinuxConstants.SockNonBlock | LinuxConstants.SockCloseOnExec,
                0));
            _descriptors.Add(descriptor);
            BindOne(descriptor, n);
        }

        // Only when all are bound: a connection must not reach a socket whose brothers could still fail.
        foreach (var descriptor in _descriptors)
        {
            NativeException.Check("listen", _calls.Listen(descriptor, backlog));
        }
    }

    private void BindOne(int descriptor, int place)
    {
        if (EndPoint is IPEndPoint { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } v6)
        {
            var isAny = v6.Address.Equals(IPAddress.IPv6Any);
            _calls.SetOption(
                descriptor, LinuxConstants.ProtocolInternet6, LinuxConstants.OnlyInternet6, isAny ? 0 : 1);
        }

        if (EndPoint is IPEndPoint)
        {
            _calls.SetOption(descriptor, LinuxConstants.SolSocket, LinuxConstants.SoReuseAddress, 1);
            if (place > 0)
            {
                _calls.SetOption(descriptor, LinuxConstants.SolSocket, LinuxConstants.SoReusePort, 1);
            }
            else if (((IPEndPoint)EndPoint).Port != 0)
            {
                Guard();
            }
        }

        var outcome = _calls.Bind(descriptor, SocketAddresses.ToBytes(EndPoint).Span);
        if (outcome == -Errno.AddressInUse)
        {
            throw InUse();
        }

        NativeException.Check("bind", outcome);
        if (place > 0 || EndPoint is not IPEndPoint)
        {
            return;
        }

        EndPoint = SocketAddresses.Local(_calls, descriptor) ?? EndPoint;
        _calls.SetOption(descriptor, LinuxConstants.SolSocket, LinuxConstants.SoReusePort, 1);
        Guard();
    }

    private void Guard()
    {
        if (_guard >= 0)
        {
            return;
        }

        var name = System.Text.Encoding.UTF8.GetBytes($"\0rondo-listens-{EndPoint}");
        _guard = NativeException.Check("socket", _calls.Socket(
            LinuxConstants.FamilyUnix, LinuxConstants.SockStream | LinuxConstants.SockCloseOnExec, 0));
        byte[] address = [LinuxConstants.FamilyUnix, 0, .. name];
        if (_calls.Bind(_guard, address) == -Errno.AddressInUse)
        {
            throw InUse();
        }
    }

    private AddressInUseException InUse() => new($"Somebody else listens on {EndPoint} already.");
}
