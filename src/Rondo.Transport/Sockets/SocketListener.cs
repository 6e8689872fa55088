using System.Net;
using Rondo.Transport.Native;
using Rondo.Transport.Polling;

namespace Rondo.Transport.Sockets;

/// <summary>
/// A listening socket on one loop: accepts while the loop polls, a bounded number per turn. Without a descriptor to
/// spare it pauses, says so once, and tries again a little later, instead of being told of the same connection for ever.
/// </summary>
internal sealed class SocketListener(
    LoopThread thread, int descriptor, bool isShared, Action<LoopSocket, EndPoint?> onAccepted, Action<int> onPaused)
    : IReadinessHandler
{
    private const int MostPerTurn = 64;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private long _registration = -1;
    private bool _isClosed;
    private bool _hasSaidSo;

    /// <summary>Loop thread.</summary>
    public void Start() => _registration = NativeException.Check(
        "epoll_ctl", thread.Poller.AddListener(descriptor, this, isShared));

    /// <summary>Accepts what still waits in the kernel's queue, then no more. Loop thread.</summary>
    public void Stop()
    {
        if (_isClosed)
        {
            return;
        }

        AcceptAll(int.MaxValue);
        _isClosed = true;
        if (_registration >= 0)
        {
            thread.Poller.Remove(_registration, descriptor);
        }
    }

    public void OnReady(uint kinds) => AcceptAll(MostPerTurn);

    private void AcceptAll(int most)
    {
        Span<byte> address = stackalloc byte[SocketAddresses.Longest];
        for (var count = 0; count < most && !_isClosed; count++)
        {
            var accepted = thread.Calls.Accept(descriptor, address, out var length);
            switch (-accepted)
            {
                case <= 0:
                    _hasSaidSo = false;
                    onAccepted(new LoopSocket(thread, accepted), SocketAddresses.FromBytes(address[..length]));
                    break;
                case Errno.Interrupted or Errno.ConnectionAborted:
                    break;
                case Errno.TooManyInProcess or Errno.TooManyInSystem or Errno.NoMemory or Errno.NoBuffers:
                    PauseFor(-accepted);
                    return;
                default:
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

        if (!_hasSaidSo)
        {
            _hasSaidSo = true;
            onPaused(error);
        }

        thread.Poller.Remove(_registration, descriptor);
        _registration = -1;
        thread.Loop.CallLater(Pause, () =>
        {
            if (!_isClosed)
            {
                Start();
            }
        });
    }
}
