using System.ComponentModel;
using System.Net;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>
/// Many client connections of one thread on one epoll descriptor, with nothing between the caller and the kernel: no
/// loop, no buffers, no allocation per call. Each connection has a slot that the caller numbers. Edge-triggered, so a
/// request on a connection costs one send, one receive and its share of a wait.
/// </summary>
/// <threadsafety>One thread.</threadsafety>
internal sealed class ClientSockets : IDisposable
{
    /// <summary>The kernel has nothing yet, or no room.</summary>
    public const int Again = -Errno.Again;

    /// <summary>There are no descriptors left.</summary>
    public const int TooMany = -Errno.TooManyInProcess;

    private const int MostEvents = 512;
    private const uint Everything = LinuxConstants.EpollIn | LinuxConstants.EpollOut | LinuxConstants.EpollReadHangUp
        | LinuxConstants.EpollEdge;

    private readonly LinuxCalls _calls = new();
    private readonly EpollEvents _events = new(MostEvents);
    private readonly byte[] _address;
    private readonly int _family;
    private readonly int _epoll;
    private readonly int[] _descriptors;
    private readonly int[] _generations;
    private bool _waitsPrecisely = true;

    public ClientSockets(EndPoint address, int slots)
    {
        _address = SocketAddresses.ToBytes(address).ToArray();
        _family = SocketAddresses.Family(address);
        _descriptors = new int[slots];
        _generations = new int[slots];
        Array.Fill(_descriptors, -1);
        _epoll = NativeException.Check("epoll_create1", _calls.EpollCreate());
    }

    /// <summary>How many descriptors this process may have.</summary>
    public static int DescriptorLimit() => new LinuxCalls().DescriptorLimit();

    /// <summary>Whether the outcome of a send or a receive says that the peer has broken the connection.</summary>
    public static bool IsReset(int outcome) =>
        outcome is -Errno.ConnectionReset or -Errno.BrokenPipe or -Errno.ConnectionAborted;

    /// <summary>A negated error number in words.</summary>
    public static string Describe(int outcome) => new Win32Exception(-outcome).Message;

    /// <summary>Starts to connect a slot that is closed; the next event says how that went.</summary>
    /// <returns>0, or a negated error number; then the slot stays closed.</returns>
    public int Connect(int slot)
    {
        const int Type = LinuxConstants.SockStream | LinuxConstants.SockNonBlock | LinuxConstants.SockCloseOnExec;
        var descriptor = _calls.Socket(_family, Type, 0);
        if (descriptor < 0)
        {
            return descriptor;
        }

        if (_family != LinuxConstants.FamilyUnix)
        {
            _calls.SetOption(descriptor, LinuxConstants.ProtocolTcp, LinuxConstants.TcpNoDelay, 1);
        }

        var outcome = _calls.Connect(descriptor, _address);
        if (outcome is 0 or -Errno.InProgress)
        {
            var data = ((ulong)(uint)_generations[slot] << 32) | (uint)slot;
            outcome = _calls.EpollControl(_epoll, LinuxConstants.EpollAdd, descriptor, Everything, data);
        }

        if (outcome < 0)
        {
            _calls.Close(descriptor);
            return outcome;
        }

        _descriptors[slot] = descriptor;
        return 0;
    }

    /// <summary>How connecting went: 0, or a negated error number.</summary>
    public int ConnectOutcome(int slot)
    {
        var error = _calls.TakeError(_descriptors[slot]);
        return error > 0 ? -error : error;
    }

    /// <summary>How many bytes came; 0 at the end; or a negated error number.</summary>
    public int Receive(int slot, Span<byte> into) => _calls.Receive(_descriptors[slot], into);

    /// <summary>How many bytes the kernel took, or a negated error number.</summary>
    public int Send(int slot, ReadOnlySpan<byte> bytes) => _calls.Send(_descriptors[slot], bytes);

    /// <summary>Closes a slot; events that were on their way find nobody. Again does nothing.</summary>
    public void Close(int slot)
    {
        if (_descriptors[slot] >= 0)
        {
            _calls.Close(_descriptors[slot]);
            _descriptors[slot] = -1;
            _generations[slot]++;
        }
    }

    /// <summary>Waits until something happens, at most so long.</summary>
    /// <returns>How many events there are.</returns>
    public int Wait(long nanoseconds)
    {
        var count = -Errno.NotImplemented;
        if (nanoseconds > 0 && _waitsPrecisely)
        {
            count = _calls.EpollWaitFor(_epoll, _events, nanoseconds);
            _waitsPrecisely = count != -Errno.NotImplemented;
        }

        if (count == -Errno.NotImplemented)
        {
            // Rounded down: waking early costs a look at the clock, waking late makes requests late.
            count = _calls.EpollWait(_epoll, _events, (int)Math.Min(nanoseconds / 1_000_000, int.MaxValue));
        }

        return count == -Errno.Interrupted ? 0 : NativeException.Check("epoll_wait", count);
    }

    /// <summary>One event of the last wait.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <param name="slot">Whose.</param>
    /// <param name="isReadable">Whether there are bytes, an end or an error to receive.</param>
    /// <returns>False if the slot was closed meanwhile.</returns>
    public bool TryGetEvent(int index, out int slot, out bool isReadable)
    {
        const uint Readable = LinuxConstants.EpollIn | LinuxConstants.EpollReadHangUp | LinuxConstants.EpollError
            | LinuxConstants.EpollHangUp;
        var data = _events.Data(index);
        slot = (int)(data & int.MaxValue);
        isReadable = (_events.Kinds(index) & Readable) != 0;
        return _generations[slot] == (int)(data >> 32);
    }

    public void Dispose()
    {
        for (var slot = 0; slot < _descriptors.Length; slot++)
        {
            Close(slot);
        }

        _calls.Close(_epoll);
    }
}
