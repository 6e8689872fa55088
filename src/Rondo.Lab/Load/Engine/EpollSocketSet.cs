using System.Net;
using Rondo.Transport.Sockets;

namespace Rondo.Lab.Load.Engine;

/// <summary>Connections over epoll, for Linux.</summary>
internal sealed class EpollSocketSet(EndPoint address, int slots) : ISocketSet
{
    private readonly ClientSockets _sockets = new(address, slots);

    public int Connect(int slot) => _sockets.Connect(slot);

    public int ConnectOutcome(int slot) => _sockets.ConnectOutcome(slot);

    public int Receive(int slot, Span<byte> into) => _sockets.Receive(slot, into);

    public int Send(int slot, ReadOnlySpan<byte> bytes) => _sockets.Send(slot, bytes);

    public void Close(int slot) => _sockets.Close(slot);

    // Room is an edge that always comes.
    public void WantRoom(int slot, bool wanted)
    {
    }

    public int Wait(long nanoseconds) => _sockets.Wait(nanoseconds);

    public bool TryGetEvent(int index, out int slot, out bool isReadable) =>
        _sockets.TryGetEvent(index, out slot, out isReadable);

    public bool IsAgain(int failure) => failure == ClientSockets.Again;

    public bool IsReset(int failure) => ClientSockets.IsReset(failure);

    public string Describe(int failure) => ClientSockets.Describe(failure);

    public void Dispose() => _sockets.Dispose();
}
