using System.Net;
using System.Net.Sockets;
using System.Text;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>
/// The listening sockets of one address: one for each loop where the kernel spreads connections (<c>SO_REUSEPORT</c>),
/// one for all where it does not (Unix sockets, inherited descriptors). Any thread.
/// </summary>
/// <remarks>
/// With <c>SO_REUSEPORT</c> a second process of the same user could bind the same port and take half of the connections
/// without an error. So the first socket binds without it, which finds every other holder that listens; an abstract
/// Unix socket named after the address, bound before, finds another server of this kind, which may not listen yet.
/// </remarks>
internal sealed class ListeningSockets
{
    private readonly LinuxCalls _calls;
    private readonly Lock _gate = new();
    private readonly List<int> _descriptors = [];
    private readonly int _loops;
    private int _users;
    private int _guard = -1;
    private string? _file;

    private ListeningSockets(LinuxCalls calls, EndPoint endPoint, int loops)
    {
        (_calls, EndPoint, _loops, _users) = (calls, endPoint, loops, loops);
    }

    /// <summary>The address that is bound, with the port that the kernel chose.</summary>
    public EndPoint EndPoint { get; private set; }

    /// <summary>Whether all loops wait on one descriptor.</summary>
    public bool IsShared { get; private set; }

    /// <summary>Whether every connection is refused; nothing can be accepted any more.</summary>
    public bool IsShutDown { get; private set; }

    public int Descriptor(int loop) => _descriptors[IsShared ? 0 : loop];

    /// <summary>Binds and listens.</summary>
    /// <exception cref="NativeException">
    /// The kernel refuses; with <see cref="Errno.AddressInUse"/> if somebody else listens there.
    /// </exception>
    public static ListeningSockets Bind(LinuxCalls calls, EndPoint endPoint, int loops, int backlog)
    {
        var sockets = new ListeningSockets(calls, endPoint, loops) { IsShared = endPoint is not IPEndPoint };
        return sockets.OpenOrClose(() => sockets.BindAll(backlog));
    }

    /// <summary>Listens on a descriptor that somebody has bound for us; it is closed at the end.</summary>
    /// <exception cref="NativeException">It is no socket that can listen.</exception>
    public static ListeningSockets Inherit(
        LinuxCalls calls, EndPoint endPoint, int descriptor, int loops, int backlog)
    {
        var sockets = new ListeningSockets(calls, endPoint, loops) { IsShared = true };
        sockets._descriptors.Add(descriptor);
        return sockets.OpenOrClose(() =>
        {
            NativeException.Check("listen", calls.Listen(descriptor, backlog));
            NativeException.Check("fcntl", calls.SetNonBlocking(descriptor));
            sockets.EndPoint = SocketAddresses.Local(calls, descriptor) ?? endPoint;
        });
    }

    /// <summary>
    /// One loop, on its thread, will accept no more: closes its socket, or the shared one for the last.
    /// </summary>
    public void Close(int loop)
    {
        using (_gate.EnterScope())
        {
            _users--;
            if (!IsShared)
            {
                _calls.Close(_descriptors[loop]);
            }
            else if (_users == 0)
            {
                _calls.Close(_descriptors[0]);
            }

            if (_users == 0)
            {
                FreeName();
            }
        }
    }

    /// <summary>
    /// Refuses every further connection although a loop does not answer. The descriptors stay: that loop may be about
    /// to use them.
    /// </summary>
    public void Shutdown()
    {
        using (_gate.EnterScope())
        {
            if (_users > 0)
            {
                IsShutDown = true;
                _descriptors.ForEach(d => _calls.Shutdown(d, LinuxConstants.ShutdownBoth));
                FreeName();
            }
        }
    }

    /// <summary>Lets nobody find us by our name any more, if it is a file's.</summary>
    public void Unlink()
    {
        if (Interlocked.Exchange(ref _file, null) is { } file)
        {
            File.Delete(file);
        }
    }

    private void FreeName()
    {
        Unlink();
        if (_guard >= 0)
        {
            _calls.Close(_guard);
            _guard = -1;
        }
    }

    private ListeningSockets OpenOrClose(Action open)
    {
        try
        {
            open();
            return this;
        }
        catch
        {
            _descriptors.ForEach(d => _calls.Close(d));
            FreeName();
            throw;
        }
    }

    private void BindAll(int backlog)
    {
        for (var n = 0; n < (IsShared ? 1 : _loops); n++)
        {
            var descriptor = NativeException.Check("socket", _calls.Socket(
                SocketAddresses.Family(EndPoint),
                LinuxConstants.SockStream | LinuxConstants.SockNonBlock | LinuxConstants.SockCloseOnExec,
                0));
            _descriptors.Add(descriptor);
            BindOne(descriptor, isFirst: n == 0);
        }

        // Only when all are bound: a connection must not reach a socket whose brothers could still fail.
        foreach (var descriptor in _descriptors)
        {
            NativeException.Check("listen", _calls.Listen(descriptor, backlog));
        }
    }

    private void BindOne(int descriptor, bool isFirst)
    {
        if (EndPoint is not IPEndPoint address)
        {
            NativeException.Check("bind", _calls.Bind(descriptor, SocketAddresses.ToBytes(EndPoint).Span));
            _file = EndPoint.ToString() is ['/', ..] file ? file : null;
            return;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var isAny = address.Address.Equals(IPAddress.IPv6Any);
            _calls.SetOption(
                descriptor, LinuxConstants.ProtocolInternet6, LinuxConstants.OnlyInternet6, isAny ? 0 : 1);
        }

        Allow(descriptor, LinuxConstants.SoReuseAddress);
        if (!isFirst)
        {
            Allow(descriptor, LinuxConstants.SoReusePort);
        }
        else if (address.Port != 0)
        {
            Guard();
        }

        NativeException.Check("bind", _calls.Bind(descriptor, SocketAddresses.ToBytes(EndPoint).Span));
        if (isFirst)
        {
            EndPoint = SocketAddresses.Local(_calls, descriptor) ?? EndPoint;
            Allow(descriptor, LinuxConstants.SoReusePort);
            Guard();
        }
    }

    private void Allow(int descriptor, int option) => NativeException.Check(
        "setsockopt", _calls.SetOption(descriptor, LinuxConstants.SolSocket, option, 1));

    private void Guard()
    {
        if (_guard >= 0)
        {
            return;
        }

        _guard = NativeException.Check("socket", _calls.Socket(
            LinuxConstants.FamilyUnix, LinuxConstants.SockStream | LinuxConstants.SockCloseOnExec, 0));
        byte[] name = [LinuxConstants.FamilyUnix, 0, 0, .. Encoding.ASCII.GetBytes($"rondo-listens-{EndPoint}")];
        NativeException.Check("bind", _calls.Bind(_guard, name));
    }
}
