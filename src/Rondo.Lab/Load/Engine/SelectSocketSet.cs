using System.Collections;
using System.Net;
using System.Net.Sockets;

namespace Rondo.Lab.Load.Engine;

/// <summary>Connections over the platform's sockets and its select, for every system that .NET runs on.</summary>
internal sealed class SelectSocketSet(EndPoint address, int slots) : ISocketSet
{
    private const int Again = -(int)SocketError.WouldBlock;
    private const int Microsecond = 1000;

    private readonly Socket?[] _sockets = new Socket?[slots];
    private readonly bool[] _wantsRoom = new bool[slots];
    private readonly Dictionary<Socket, int> _slots = new(slots);

    // The platform's select writes its answer into the lists that ask.
    private readonly ArrayList _reading = new(slots);
    private readonly ArrayList _writing = new(slots);
    private readonly ArrayList _failing = new(slots);
    private readonly List<(Socket Socket, bool IsReadable)> _events = new(slots);

    public int Connect(int slot)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            socket.NoDelay = true;
            socket.Connect(address);
        }
        catch (SocketException e) when (e.SocketErrorCode is not (SocketError.WouldBlock or SocketError.InProgress))
        {
            socket?.Dispose();
            return Failure(e.SocketErrorCode);
        }
        catch (SocketException)
        {
            // Under way, as asked.
        }

        _sockets[slot] = socket;
        _wantsRoom[slot] = true;
        _slots.Add(socket!, slot);
        return 0;
    }

    public int ConnectOutcome(int slot)
    {
        _wantsRoom[slot] = false;
        var error = (int)_sockets[slot]!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        return error == 0 ? 0 : Failure(new SocketException(error).SocketErrorCode);
    }

    public int Receive(int slot, Span<byte> into)
    {
        var count = _sockets[slot]!.Receive(into, SocketFlags.None, out var error);
        return error == SocketError.Success ? count : Failure(error);
    }

    public int Send(int slot, ReadOnlySpan<byte> bytes)
    {
        var count = _sockets[slot]!.Send(bytes, SocketFlags.None, out var error);
        return error == SocketError.Success ? count : Failure(error);
    }

    public void Close(int slot)
    {
        if (_sockets[slot] is { } socket)
        {
            _slots.Remove(socket);
            _sockets[slot] = null;
            _wantsRoom[slot] = false;
            socket.Dispose();
        }
    }

    public void WantRoom(int slot, bool wanted) => _wantsRoom[slot] = wanted;

    public int Wait(long nanoseconds)
    {
        Clear();
        for (var slot = 0; slot < _sockets.Length; slot++)
        {
            if (_sockets[slot] is { } socket)
            {
                (_wantsRoom[slot] ? _writing : _reading).Add(socket);
                if (_wantsRoom[slot])
                {
                    _failing.Add(socket);
                }
            }
        }

        var microseconds = (int)Math.Min(nanoseconds / Microsecond, int.MaxValue);
        if (_reading.Count + _writing.Count == 0)
        {
            // Nothing to wait for but the time.
            Thread.CurrentThread.Join(microseconds / 1000);
            return 0;
        }

        Socket.Select(_reading, _writing, _failing, microseconds);
        Take(_reading, isReadable: true);
        Take(_writing, isReadable: false);
        Take(_failing, isReadable: true);
        return _events.Count;
    }

    public bool TryGetEvent(int index, out int slot, out bool isReadable)
    {
        (var socket, isReadable) = _events[index];
        return _slots.TryGetValue(socket, out slot);
    }

    public bool IsAgain(int failure) => failure == Again;

    public bool IsReset(int failure) =>
        (SocketError)(-failure) is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted;

    public string Describe(int failure) => new SocketException(-failure).Message;

    public void Dispose()
    {
        for (var slot = 0; slot < _sockets.Length; slot++)
        {
            Close(slot);
        }
    }

    private static int Failure(SocketError error) => error == SocketError.SocketError ? -1 : -Math.Abs((int)error);

    private void Clear()
    {
        _reading.Clear();
        _writing.Clear();
        _failing.Clear();
        _events.Clear();
    }

    private void Take(ArrayList ready, bool isReadable)
    {
        for (var i = 0; i < ready.Count; i++)
        {
            _events.Add(((Socket)ready[i]!, isReadable));
        }
    }
}
