using System.Net;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Polling;

namespace Rondo.Transport.Sockets;

/// <summary>
/// A connected stream socket on a loop. It never blocks and calls nobody back inline: a side that has to wait names the
/// work that the loop runs when it is worth trying again.
/// </summary>
/// <remarks>
/// Receiving and sending are one side each, with one user at a time, on any thread. Registration, events and the end of
/// the descriptor belong to the loop's thread.
/// </remarks>
internal sealed class LoopSocket : IReadinessHandler
{
    private const int MostDiscarded = 64;

    private readonly LinuxCalls _calls;
    private readonly EpollPoller _poller;
    private int _descriptor;
    private long _registration = -1;
    private Readiness _receiving;
    private Readiness _sending;
    private ILoopWork? _receiver;
    private ILoopWork? _sender;
    private volatile bool _hasHungUp;

    // The peer has sent less than there was room for, so the kernel has no more; only a new event makes it worth asking.
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

    /// <summary>
    /// Called by the loop when the peer has closed its side, or the connection is broken, and nobody waits to
    /// receive. True for broken.
    /// </summary>
    public Action<bool>? PeerLeft { get; set; }

    /// <summary>Whether the descriptor is closed.</summary>
    public bool IsClosed => _descriptor < 0;

    /// <summary>Lets events reach this socket. Loop thread.</summary>
    /// <returns>0, or the negated error number.</returns>
    public int Register()
    {
        _registration = _poller.Add(_descriptor, this);
        return _registration < 0 ? (int)_registration : 0;
    }

    /// <summary>Takes what has arrived: a count, 0 at the end, <see cref="WouldBlock"/>, or another negated error.</summary>
    public int Receive(Span<byte> into)
    {
        if (_isDrained && !_receiving.IsSignalled)
        {
            return WouldBlock;
        }

        _receiving.Clear();
        var count = Again(_calls.Receive(_descriptor, into));
        _isDrained = count == WouldBlock || (count > 0 && count < into.Length && !_hasHungUp);
        return count;
    }

    /// <summary>Sends what the kernel takes: a count, <see cref="WouldBlock"/>, or another negated error.</summary>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        _sending.Clear();
        return Again(_calls.Send(_descriptor, bytes));
    }

    /// <inheritdoc cref="Send(ReadOnlySpan{byte})"/>
    public int Send(ReadOnlySpan<ReadOnlyMemory<byte>> blocks)
    {
        _sending.Clear();
        return Again(_calls.SendBlocks(_descriptor, blocks));
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

    /// <summary>Sends small packets at once.</summary>
    public void SetNoDelay() =>
        _calls.SetOption(_descriptor, LinuxConstants.ProtocolTcp, LinuxConstants.TcpNoDelay, 1);

    /// <summary>
    /// Takes what has arrived and nobody will read: closing over it would reset the connection, and the peer lose what
    /// we have sent last. Loop thread.
    /// </summary>
    public void Discard()
    {
        Span<byte> nobody = stackalloc byte[4096];
        for (var blocks = 0; blocks < MostDiscarded && Receive(nobody) > 0; blocks++)
        {
        }
    }

    /// <summary>Says that nothing more will be sent. Loop thread.</summary>
    public void ShutdownSend() => _calls.Shutdown(_descriptor, LinuxConstants.ShutdownWrite);

    /// <summary>Closes the descriptor. Loop thread; again does nothing.</summary>
    /// <param name="reset">Whether the peer learns of it by a reset, and what is not sent yet is dropped.</param>
    public void Close(bool reset)
    {
        if (_descriptor < 0)
        {
            return;
        }

        if (reset)
        {
            ReadOnlySpan<int> on = [1, 0];
            _calls.SetOption(
                _descriptor,
                LinuxConstants.SolSocket,
                LinuxConstants.SoLinger,
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(on));
        }

        if (_registration >= 0)
        {
            _poller.Remove(_registration, _descriptor);
        }

        _calls.Close(_descriptor);
        _descriptor = -1;
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
            else if ((kinds & End) != 0)
            {
                PeerLeft?.Invoke((kinds & Over) != 0);
            }
        }

        if ((kinds & (LinuxConstants.EpollOut | Over)) != 0 && _sending.Signal())
        {
            Loop.Dispatch(_sender!, null);
        }
    }

    // A signal's handler ran on this thread in the middle of the call. With no-wait sockets that is all but impossible.
    private static int Again(int outcome) => outcome == -Errno.Interrupted ? WouldBlock : outcome;
}
