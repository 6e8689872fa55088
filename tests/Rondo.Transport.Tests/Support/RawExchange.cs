using Rondo.Runtime;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Tests.Support;

/// <summary>
/// A client as a load generator writes it: connects, then sends a byte and waits for one back, so many times, without
/// an allocation of its own.
/// </summary>
internal sealed class RawExchange : ILoopWork
{
    private readonly TaskCompletionSource<int> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _byte = [1];
    private readonly ConnectAddress _to;
    private readonly int _exchanges;
    private readonly int _warmUp;
    private bool _isConnected;
    private bool _isSent;
    private int _count;
    private long _allocated;

    public RawExchange(LoopThread thread, EndPoint to, int exchanges, int warmUp = 0)
    {
        Socket = new LoopSocket(thread);
        _to = new ConnectAddress(to);
        _exchanges = exchanges;
        _warmUp = warmUp;
    }

    public LoopSocket Socket { get; }

    /// <summary>What its thread has allocated after the warm-up.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>0, or the negated error with which it has ended. The socket stays open.</summary>
    public Task<int> RunAsync()
    {
        Socket.Post(new LoopCode(() =>
        {
            if (Socket.Connect(_to, this) is var outcome and < 0)
            {
                _done.SetResult(outcome);
            }
        }));
        return _done.Task;
    }

    public void Run()
    {
        if (!_isConnected)
        {
            var outcome = Socket.FinishConnect();
            if (outcome == LoopSocket.WouldBlock)
            {
                return;
            }

            if (outcome < 0)
            {
                _done.TrySetResult(outcome);
                return;
            }

            _isConnected = true;
        }

        while (_count < _exchanges)
        {
            var moved = _isSent ? Socket.Receive(_byte) : Socket.Send(_byte);
            if (moved == LoopSocket.WouldBlock)
            {
                if (_isSent ? Socket.WaitToReceive(this) : Socket.WaitToSend(this))
                {
                    return;
                }

                continue;
            }

            if (moved <= 0)
            {
                _done.TrySetResult(moved == 0 ? -1 : moved);
                return;
            }

            _isSent = !_isSent;
            Count();
        }

        _done.TrySetResult(0);
    }

    private void Count()
    {
        if (_isSent)
        {
            return;
        }

        if (++_count == _warmUp)
        {
            _allocated = GC.GetAllocatedBytesForCurrentThread();
        }
        else if (_count == _exchanges)
        {
            AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - _allocated;
        }
    }
}
