using System.Net;
using System.Runtime.InteropServices;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Polling;

namespace Rondo.Transport.Sockets;

/// <summary>
/// A stream socket on a loop, accepted or connecting. It never blocks and calls nobody back inline: a side that has to
/// wait names the work that the loop runs when it is worth trying again.
/// </summary>
/// <remarks>
/// Receiving and sending are one side each, with one user at a time. Receiving, registration, events and the end of the
/// descriptor belong to the loop's thread; waiting and sending may happen on any.
/// </remarks>
internal sealed partial class LoopSocket : IReadinessHandler, ILoopWork
{
    private const int MostDiscardedAtOnce = 64;

    private readonly LinuxCalls _calls;
    private readonly EpollPoller _poller;
    private int _descriptor;
    private long _registration = -1;
    private Readiness _receiving;
    private Readiness _sending;
    private ILoopWork? _receiver;
    private ILoopWork? _sender;
    private bool _hasHungUp;
    private TimerHandle? _lingering;

    // Users besides the loop's own code that are, or may be, in the kernel with the descriptor; and that no more may
    // come.
    private int _foreignUsers;
    private volatile bool _isClosing;

    // The peer has sent less than there was room for, so the kernel has no more; only a new event makes it worth
    // asking.
    private bool _isDrained;

    public LoopSocket(LoopThread thread, int descriptor)
    {
        Thread = thread;
        _calls = thread.Calls;
        _poller = thread.Poller;
        _descriptor = descriptor;
    }

    /// <summary>What a call answers when it is to be tried again later.</summary>
    public const int WouldBlock = -Errno.Again;

    public LoopThread Thread { get; }

    public EventLoop Loop => Thread.Loop;

    /// <summary>Set before events can come.</summary>
    public ISocketOwner? Owner { get; set; }

    /// <summary>Whether the descriptor is closed. Loop thread.</summary>
    public bool IsClosed => _descriptor < 0;

    /// <summary>Whether asking the kernel is worth it: not after a short read, until something is signalled.</summary>
    public bool MayReceive => !_isDrained || _receiving.IsSignalled;

    /// <summary>Lets events reach this socket. Loop thread.</summary>
    /// <returns>0, or the negated error number.</returns>
    public int Register()
    {
        _registration = _poller.Add(_descriptor, this);
        return _registration < 0 ? (int)_registration : 0;
    }

    /// <summary>
    /// Takes what has arrived: a count, 0 at the end, <see cref="WouldBlock"/>, or another negated error. On the thread
    /// that runs the loop, which application code may lose in the middle of it.
    /// </summary>
    public int Receive(Span<byte> into)
    {
        if (!MayReceive)
        {
            return WouldBlock;
        }

        if (!Enter(out var isForeign))
        {
            return -Errno.BadDescriptor;
        }

        _receiving.Clear();
        int count;
        do
        {
            count = _calls.Receive(_descriptor, into);
        }
        while (count == -Errno.Interrupted);

        Leave(isForeign);

        // After a hang-up no event comes any more, so only the end itself is the end.
        _isDrained = count == WouldBlock || (count > 0 && count < into.Length && !_hasHungUp);
        return count;
    }

    /// <summary>What <see cref="Receive"/> would answer for one byte, which stays there.</summary>
    public int Peek()
    {
        if (_isDrained && !_receiving.IsSignalled)
        {
            return WouldBlock;
        }

        if (!Enter(out var isForeign))
        {
            return -Errno.BadDescriptor;
        }

        _receiving.Clear();
        int count;
        do
        {
            count = _calls.Peek(_descriptor);
        }
        while (count == -Errno.Interrupted);

        Leave(isForeign);
        _isDrained = count == WouldBlock;
        return count;
    }

    /// <summary>
    /// Sends what the kernel takes: a count, <see cref="WouldBlock"/>, or another negated error. Any thread.
    /// </summary>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (!Enter(out var isForeign))
        {
            return -Errno.BadDescriptor;
        }

        _sending.Clear();
        int count;
        do
        {
            count = _calls.Send(_descriptor, bytes);
        }
        while (count == -Errno.Interrupted);

        Leave(isForeign);
        return count;
    }

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(ReadOnlySpan<ReadOnlyMemory<byte>> blocks)
    {
        if (!Enter(out var isForeign))
        {
            return -Errno.BadDescriptor;
        }

        _sending.Clear();
        int count;
        do
        {
            count = _calls.SendBlocks(_descriptor, blocks);
        }
        while (count == -Errno.Interrupted);

        Leave(isForeign);
        return count;
    }

    /// <summary>
    /// Has the loop run <paramref name="work"/> when receiving is worth another try. False if it is at once.
    /// </summary>
    public bool WaitToReceive(ILoopWork work)
    {
        _receiver = work;

        // Edges tell of what is new: who has not seen the end of what was there would wait for ever.
        return _isDrained && _receiving.TryWait();
    }

    /// <inheritdoc cref="WaitToReceive"/>
    public bool WaitToSend(ILoopWork work)
    {
        _sender = work;
        return _sending.TryWait();
    }

    /// <summary>Wakes who waits to receive, as if something had arrived. Loop thread.</summary>
    public void WakeReceiver()
    {
        if (_receiving.Signal())
        {
            Loop.Dispatch(_receiver!, null);
        }
    }

    /// <summary>Wakes who waits to send, as if there were room. Loop thread.</summary>
    public void WakeSender()
    {
        if (_sending.Signal())
        {
            Loop.Dispatch(_sender!, null);
        }
    }

    /// <summary>Has the loop do something about this socket. Any thread; a loop that is closed forgets it.</summary>
    public void Post(ILoopWork work) => Loop.TryDispatch(work);

    /// <summary>Sends small packets at once.</summary>
    public void SetNoDelay() =>
        _calls.SetOption(_descriptor, LinuxConstants.ProtocolTcp, LinuxConstants.TcpNoDelay, 1);

    /// <summary>
    /// Says that nothing more will be sent, and closes when the peer has answered with its own end, at the latest after
    /// <paramref name="limit"/>. What still arrives is thrown away: closing over it would reset the connection, and the
    /// peer lose what we have sent last (RFC 9112, section 9.6). Loop thread, when nobody waits to receive any more.
    /// </summary>
    public void Linger(TimeSpan limit)
    {
        _calls.Shutdown(_descriptor, LinuxConstants.ShutdownWrite);
        _isDrained = false;
        _lingering = Loop.CallLater(limit, new LoopCode(() => Close(reset: false)));
        Run();
    }

    /// <summary>One step of lingering.</summary>
    public void Run()
    {
        Span<byte> nobody = stackalloc byte[8192];
        for (var blocks = 0; blocks < MostDiscardedAtOnce && _descriptor >= 0; blocks++)
        {
            var count = Receive(nobody);
            if (count == WouldBlock)
            {
                if (!WaitToReceive(this))
                {
                    Loop.Dispatch(this, null);
                }

                return;
            }

            if (count <= 0)
            {
                Close(reset: false);
            }
        }

        if (_descriptor >= 0)
        {
            Loop.Dispatch(this, null);
        }
    }

    /// <summary>Closes the descriptor. Loop thread; again does nothing.</summary>
    /// <param name="reset">Whether the peer learns of it by a reset, and what is not sent yet is dropped.</param>
    public void Close(bool reset)
    {
        if (_descriptor < 0)
        {
            return;
        }

        _lingering?.Cancel();
        WaitForForeignUsers();
        if (reset)
        {
            ReadOnlySpan<int> on = [1, 0];
            _calls.SetOption(
                _descriptor, LinuxConstants.SolSocket, LinuxConstants.SoLinger, MemoryMarshal.AsBytes(on));
        }

        if (_registration >= 0)
        {
            _poller.Remove(_registration, _descriptor);
        }

        // An interrupted close has closed nevertheless (close(2)): trying again could hit somebody else's.
        _calls.Close(_descriptor);
        _descriptor = -1;
        _isDrained = false;
        WakeReceiver();
        WakeSender();
    }

    public EndPoint? LocalEndPoint() => SocketAddresses.Local(_calls, _descriptor);

    public void OnReady(uint kinds)
    {
        const uint Over = LinuxConstants.EpollHangUp | LinuxConstants.EpollError;
        const uint End = LinuxConstants.EpollReadHangUp | Over;
        if ((kinds & End) != 0)
        {
            _hasHungUp = true;
        }

        if ((kinds & (LinuxConstants.EpollIn | End)) != 0)
        {
            if (_receiving.Signal())
            {
                Loop.Dispatch(_receiver!, null);
            }
            else if ((kinds & Over) != 0)
            {
                Owner?.ConnectionBroke();
            }
            else if ((kinds & End) != 0 && IsAtEnd())
            {
                Owner?.PeerEnded();
            }
        }

        if ((kinds & (LinuxConstants.EpollOut | Over)) != 0)
        {
            WakeSender();
        }
    }

    public void OnLoopEnding()
    {
        Owner?.LoopEnding();
        Close(reset: false);
    }

    // A peer that asks and ends its side at once wants the answer: it has not left while its request is unread.
    private bool IsAtEnd()
    {
        int count;
        do
        {
            count = _calls.Peek(_descriptor);
        }
        while (count == -Errno.Interrupted);

        return count == 0;
    }

    // The loop's own code closes descriptors, so there nothing needs to be held. Elsewhere a number that is closed in
    // between could be the next connection's, and that one get these bytes.
    private bool Enter(out bool isForeign)
    {
        isForeign = !Loop.IsOwnedByCaller;
        if (!isForeign)
        {
            return true;
        }

        Interlocked.Increment(ref _foreignUsers);
        if (!_isClosing)
        {
            return true;
        }

        Interlocked.Decrement(ref _foreignUsers);
        return false;
    }

    private void Leave(bool isForeign)
    {
        if (isForeign)
        {
            Interlocked.Decrement(ref _foreignUsers);
        }
    }

    // These calls do not block: this takes no longer than copying a few blocks into the kernel.
    private void WaitForForeignUsers()
    {
        _isClosing = true;
        Interlocked.MemoryBarrier();
        var wait = default(SpinWait);
        while (Volatile.Read(ref _foreignUsers) > 0)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }
}
