using System.Net;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Polling;

namespace Rondo.Transport.Sockets;

/// <summary>
/// The listening socket of one loop: accepts a bounded number per turn. When accepting fails, or descriptors run out,
/// it pauses and tries again a little later, instead of being told of the same connection for ever. Loop thread.
/// </summary>
/// <param name="thread">The loop.</param>
/// <param name="sockets">Where the descriptor comes from, and who closes it.</param>
/// <param name="place">Which of the sockets' loops this is.</param>
/// <param name="onAccepted">Takes each connection with its peer's address.</param>
/// <param name="onPaused">Is told the error, again and again while it lasts.</param>
internal sealed class SocketListener(
    LoopThread thread,
    ListeningSockets sockets,
    int place,
    Action<LoopSocket, EndPoint?> onAccepted,
    Action<int> onPaused)
    : IReadinessHandler, ILoopWork
{
    private const int MostPerTurn = 64;

    // More than a queue holds (net.core.somaxconn is 4096 by default); not for ever, should clients keep pace.
    private const int MostAtTheEnd = 16 * 1024;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly int _descriptor = sockets.Descriptor(place);
    private readonly int _firstReserved = thread.Reserve.FirstNotAccepted;
    private long _registration = -1;
    private bool _isStopped;

    /// <exception cref="NativeException">The kernel refuses to watch it.</exception>
    public void Start() => _registration = NativeException.Check(
        "epoll_ctl", thread.Poller.AddListener(_descriptor, this, sockets.IsShared));

    /// <summary>
    /// Accepts what still waits in the kernel's queue, then closes: the kernel resets what waits in the queue of a
    /// closed socket. Again does nothing.
    /// </summary>
    public void Stop()
    {
        if (_isStopped)
        {
            return;
        }

        if (!sockets.IsShutDown)
        {
            Accept(MostAtTheEnd);
        }

        _isStopped = true;
        if (_registration >= 0)
        {
            thread.Poller.Remove(_registration, _descriptor);
        }

        sockets.Close(place);
    }

    // Accepting makes objects and may fail; the loop survives that in a callback.
    public void OnReady(uint kinds) => thread.Loop.Dispatch(this, null);

    public void OnLoopEnding() => Stop();

    public void Run() => Accept(MostPerTurn);

    private void Accept(int most)
    {
        Span<byte> address = stackalloc byte[SocketAddresses.Longest];
        for (var count = 0; count < most && !_isStopped; count++)
        {
            var accepted = thread.Calls.Accept(_descriptor, address, out var length);
            switch (-accepted)
            {
                case <= 0:
                    onAccepted(new LoopSocket(thread, accepted), SocketAddresses.FromBytes(address[..length]));
                    if (accepted < _firstReserved)
                    {
                        break;
                    }

                    PauseFor(Errno.TooManyInProcess);
                    return;
                case Errno.Again:
                    return;

                // The connection is at fault, not the socket (accept(2)).
                case Errno.Interrupted or Errno.ConnectionAborted or Errno.ProtocolError
                    or Errno.HostUnreachable or Errno.NetworkUnreachable:
                    break;
                default:
                    PauseFor(-accepted);
                    return;
            }
        }
    }

    private void PauseFor(int error)
    {
        if (_registration < 0)
        {
            return;
        }

        onPaused(error);
        thread.Poller.Remove(_registration, _descriptor);
        _registration = -1;
        thread.Loop.CallLater(s_pause, new LoopCode(Resume));
    }

    private bool HasRoom()
    {
        var next = thread.Calls.EventDescriptor();
        if (next >= 0)
        {
            thread.Calls.Close(next);
        }

        return next >= 0 && next < _firstReserved;
    }

    private void Resume()
    {
        if (_isStopped)
        {
            return;
        }

        _registration = HasRoom() ? thread.Poller.AddListener(_descriptor, this, sockets.IsShared) : -1;
        if (_registration < 0)
        {
            _registration = -1;
            onPaused(Errno.TooManyInProcess);
            thread.Loop.CallLater(s_pause, new LoopCode(Resume));
        }
    }
}
