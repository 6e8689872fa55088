using Rondo.Runtime;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <content>The side that connects. Outcomes are values; nothing here allocates or throws on the way.</content>
internal sealed partial class LoopSocket
{
    private bool _isConnecting;

    /// <summary>A socket that is not open yet.</summary>
    public LoopSocket(LoopThread thread)
        : this(thread, -1)
    {
    }

    /// <summary>
    /// Starts to connect. The loop runs <paramref name="work"/> when <see cref="FinishConnect"/> is worth asking. A
    /// socket that was closed may connect anew. Loop thread.
    /// </summary>
    /// <param name="to">Where to.</param>
    /// <param name="work">May also run without cause, as every work that waits.</param>
    /// <param name="noDelay">Whether small packets are sent at once; for a Unix socket they always are.</param>
    /// <returns>
    /// 0, or the negated error number; then nothing is open and <paramref name="work"/> does not run.
    /// <see cref="WouldBlock"/> says that the queue of a Unix socket is full. Near the limit of descriptors it is
    /// refused before the kernel does (<see cref="DescriptorReserve"/>).
    /// </returns>
    /// <exception cref="InvalidOperationException">It is open.</exception>
    public int Connect(ConnectAddress to, ILoopWork work, bool noDelay = true)
    {
        if (!IsClosed)
        {
            throw new InvalidOperationException("The socket is open; close it before it connects anew.");
        }

        var descriptor = _calls.Socket(
            to.Family,
            LinuxConstants.SockStream | LinuxConstants.SockNonBlock | LinuxConstants.SockCloseOnExec,
            0);
        if (descriptor < 0)
        {
            return descriptor;
        }

        if (descriptor >= Thread.Reserve.FirstNotConnected)
        {
            _calls.Close(descriptor);
            return -Errno.TooManyInProcess;
        }

        // Registered after the call: until then epoll would say that the socket has hung up. Interrupted, it goes on
        // by itself (connect(2)).
        var outcome = _calls.Connect(descriptor, to.Bytes);
        if (outcome is < 0 and not (-Errno.InProgress or -Errno.Interrupted))
        {
            _calls.Close(descriptor);
            return outcome;
        }

        Reopen(descriptor);
        if (noDelay && to.IsInternet)
        {
            SetNoDelay();
        }

        _sender = work;
        _sending.TryWait();
        outcome = Register();
        if (outcome < 0)
        {
            Abandon(reset: false);
        }

        return outcome;
    }

    /// <summary>
    /// What has become of the connect: 0 when connected, <see cref="WouldBlock"/> while it is under way (the work runs
    /// again), or the negated error number; it is to be closed then. Loop thread.
    /// </summary>
    public int FinishConnect()
    {
        if (IsClosed)
        {
            return -Errno.BadDescriptor;
        }

        if (!_isConnecting)
        {
            return 0;
        }

        if (!_sending.IsSignalled)
        {
            return WouldBlock;
        }

        var error = _calls.TakeError(_descriptor);
        _isConnecting = error != 0;
        return -Math.Abs(error);
    }

    /// <summary>
    /// Closes at once, and runs nobody who waits. Work that the loop has taken up already may still run once, also
    /// when the socket is connecting anew. Loop thread; again does nothing.
    /// </summary>
    /// <param name="reset">As for <see cref="Close"/>.</param>
    public void Abandon(bool reset)
    {
        _receiving.Clear();
        _sending.Clear();
        Close(reset);
    }

    /// <summary>Ends the sending side: the peer reads to the end. Loop thread.</summary>
    /// <returns>0, or the negated error number.</returns>
    public int ShutdownSend() =>
        IsClosed ? -Errno.BadDescriptor : _calls.Shutdown(_descriptor, LinuxConstants.ShutdownWrite);

    private void Reopen(int descriptor)
    {
        _descriptor = descriptor;
        _registration = -1;
        _isConnecting = true;
        _hasHungUp = false;
        _isDrained = false;
        _isClosing = false;
        _receiving.Clear();
        _sending.Clear();
    }
}
