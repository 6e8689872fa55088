using System.Net;
using System.Net.Sockets;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>
/// The system calls by means of the platform's sockets, for systems without epoll: sockets under numbers, and
/// <c>epoll</c> by select. Errors are Linux's numbers on every system. Any thread, as the calls themselves.
/// </summary>
/// <remarks>
/// An edge is made of what select tells: told once, a socket is left out until a call on it finds nothing left. There is
/// no sign of a peer that ends or breaks while nobody reads, so servers do not run on it.
/// </remarks>
internal sealed class PortableCalls : LinuxCalls
{
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = [];
    private PortableDescriptor?[] _descriptors = new PortableDescriptor?[64];
    private int _used;

    public override int Socket(int family, int type, int protocol)
    {
        var addresses = family switch
        {
            LinuxConstants.FamilyInternet => AddressFamily.InterNetwork,
            LinuxConstants.FamilyInternet6 => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unix,
        };
        return Outcome(() => Open(new Socket(addresses, SocketType.Stream, ProtocolType.Unspecified)));
    }

    public override int Connect(int descriptor, ReadOnlySpan<byte> address)
    {
        if (Find(descriptor) is not { Socket: { } socket } || SocketAddresses.FromBytes(address) is not { } endPoint)
        {
            return -Errno.BadDescriptor;
        }

        // Would block: a connect under way, or the full queue of a Unix socket.
        var isUnix = socket.AddressFamily == AddressFamily.Unix;
        return Outcome(() => socket.Connect(endPoint)) switch
        {
            -Errno.Again when !isUnix => -Errno.InProgress,
            -Errno.AddressNotAvailable when isUnix => -Errno.NoEntry,
            var outcome => outcome,
        };
    }

    public override int TakeError(int descriptor) => Find(descriptor) is not { Socket: { } socket }
        ? -Errno.BadDescriptor
        : Outcome(() => SocketErrors.ToNumber((SocketError)(int)socket.GetSocketOption(
            SocketOptionLevel.Socket, SocketOptionName.Error)!));

    public override int Bind(int descriptor, ReadOnlySpan<byte> address) =>
        Find(descriptor) is { Socket: { } socket } && SocketAddresses.FromBytes(address) is { } endPoint
            ? Outcome(() => socket.Bind(endPoint))
            : -Errno.BadDescriptor;

    public override int Listen(int descriptor, int backlog) => Find(descriptor) is { Socket: { } socket }
        ? Outcome(() => socket.Listen(backlog))
        : -Errno.BadDescriptor;

    public override int Accept(int descriptor, Span<byte> address, out int length)
    {
        length = 0;
        if (Find(descriptor) is not { Socket: { } socket })
        {
            return -Errno.BadDescriptor;
        }

        Socket? accepted = null;
        var outcome = Outcome(() => accepted = socket.Accept());
        if (accepted is null)
        {
            return outcome;
        }

        length = Write(accepted.RemoteEndPoint, address);
        return Open(accepted);
    }

    public override int Receive(int descriptor, Span<byte> into) => Receive(descriptor, into, SocketFlags.None);

    public override int Peek(int descriptor)
    {
        Span<byte> taken = stackalloc byte[1];
        return Receive(descriptor, taken, SocketFlags.Peek);
    }

    public override int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        if (Find(descriptor) is not { Socket: { } socket } entry)
        {
            return -Errno.BadDescriptor;
        }

        var count = socket.Send(bytes, SocketFlags.None, out var error);
        if (error == SocketError.Success)
        {
            return count;
        }

        if (error == SocketError.WouldBlock)
        {
            entry.Arm(LinuxConstants.EpollOut);
        }

        return -SocketErrors.ToNumber(error);
    }

    public override int SendBlocks(int descriptor, ReadOnlySpan<ReadOnlyMemory<byte>> blocks)
    {
        var sent = 0;
        foreach (var block in blocks)
        {
            var count = Send(descriptor, block.Span);
            if (count < 0)
            {
                return sent > 0 ? sent : count;
            }

            sent += count;
            if (count < block.Length)
            {
                break;
            }
        }

        return sent;
    }

    public override int Shutdown(int descriptor, int how) => Find(descriptor) is { Socket: { } socket }
        ? Outcome(() => socket.Shutdown(
            how == LinuxConstants.ShutdownWrite ? SocketShutdown.Send : SocketShutdown.Both))
        : -Errno.BadDescriptor;

    public override int Close(int descriptor)
    {
        PortableDescriptor? entry;
        using (_gate.EnterScope())
        {
            entry = Find(descriptor);
            if (entry is null)
            {
                return -Errno.BadDescriptor;
            }

            _descriptors[descriptor] = null;
            _free.Push(descriptor);
        }

        entry.WatchedBy?.Remove(entry);
        entry.Socket?.Dispose();
        return 0;
    }

    public override int SetOption(int descriptor, int level, int name, ReadOnlySpan<byte> value)
    {
        if (Find(descriptor) is not { Socket: { } socket })
        {
            return -Errno.BadDescriptor;
        }

        var isOn = value[0] != 0;
        switch (level, name)
        {
            case (LinuxConstants.ProtocolTcp, LinuxConstants.TcpNoDelay):
                return Outcome(() => socket.NoDelay = isOn);
            case (LinuxConstants.SolSocket, LinuxConstants.SoLinger):
                return Outcome(() => socket.LingerState = new LingerOption(isOn, 0));
            case (LinuxConstants.SolSocket, LinuxConstants.SoReuseAddress):
                return Outcome(() => socket.SetSocketOption(
                    SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, isOn));
            default:
                return -Errno.NoSuchOption;
        }
    }

    public override int SetNonBlocking(int descriptor) => Find(descriptor) is { Socket: { } socket }
        ? Outcome(() => socket.Blocking = false)
        : -Errno.BadDescriptor;

    public override int LocalName(int descriptor, Span<byte> address, out int length)
    {
        EndPoint? local = null;
        var outcome = Find(descriptor) is { Socket: { } socket }
            ? Outcome(() => local = socket.LocalEndPoint)
            : -Errno.BadDescriptor;
        length = Write(local, address);
        return outcome;
    }

    public override int DescriptorLimit() => int.MaxValue;

    public override int EpollCreate() => Add(new PortableDescriptor { Set = new SelectSet() });

    public override int EpollControl(int epoll, int operation, int descriptor, uint events, ulong data)
    {
        if (Find(epoll) is not { Set: { } set } || Find(descriptor) is not { Socket: not null } entry)
        {
            return -Errno.BadDescriptor;
        }

        if (operation == LinuxConstants.EpollAdd)
        {
            set.Add(entry, events, data);
        }
        else
        {
            set.Remove(entry);
        }

        return 0;
    }

    // No closure: this is asked once a turn.
    public override int EpollWait(int epoll, EpollEvents events, TimeSpan limit)
    {
        if (Find(epoll) is not { Set: { } set })
        {
            return -Errno.BadDescriptor;
        }

        try
        {
            return set.Wait(events, limit);
        }
        catch (SocketException error)
        {
            return -SocketErrors.ToNumber(error.SocketErrorCode);
        }
    }

    public override int EventDescriptor() => Outcome(() =>
    {
        // A datagram to itself.
        var bell = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        bell.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        bell.Connect(bell.LocalEndPoint!);
        return Open(bell, isBell: true);
    });

    public override int Ring(int descriptor) => Send(descriptor, [1]);

    public override int Quiet(int descriptor)
    {
        Span<byte> nobody = stackalloc byte[1];
        int count;
        do
        {
            count = Receive(descriptor, nobody, SocketFlags.None);
        }
        while (count > 0);

        return count;
    }

    private static int Outcome(Action call) => Outcome(() =>
    {
        call();
        return 0;
    });

    private static int Outcome(Func<int> call)
    {
        try
        {
            return call();
        }
        catch (SocketException error)
        {
            return -SocketErrors.ToNumber(error.SocketErrorCode);
        }
    }

    private static int Write(EndPoint? endPoint, Span<byte> address)
    {
        if (endPoint is null)
        {
            return 0;
        }

        var bytes = SocketAddresses.ToBytes(endPoint).Span;
        bytes.CopyTo(address);
        return bytes.Length;
    }

    private int Receive(int descriptor, Span<byte> into, SocketFlags flags)
    {
        if (Find(descriptor) is not { Socket: { } socket } entry)
        {
            return -Errno.BadDescriptor;
        }

        var count = socket.Receive(into, flags, out var error);
        if (error == SocketError.WouldBlock || (error == SocketError.Success && count > 0 && count < into.Length))
        {
            entry.Arm(LinuxConstants.EpollIn);
        }

        return error == SocketError.Success ? count : -SocketErrors.ToNumber(error);
    }

    private int Open(Socket socket, bool isBell = false)
    {
        socket.Blocking = false;
        return Add(new PortableDescriptor { Socket = socket, IsBell = isBell });
    }

    private int Add(PortableDescriptor descriptor)
    {
        using (_gate.EnterScope())
        {
            if (!_free.TryPop(out var number))
            {
                if (_used == _descriptors.Length)
                {
                    Array.Resize(ref _descriptors, _used * 2);
                }

                number = _used++;
            }

            _descriptors[number] = descriptor;
            return number;
        }
    }

    private PortableDescriptor? Find(int number)
    {
        var descriptors = Volatile.Read(ref _descriptors);
        return number >= 0 && number < descriptors.Length ? descriptors[number] : null;
    }
}
