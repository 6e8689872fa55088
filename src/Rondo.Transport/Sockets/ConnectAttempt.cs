using Rondo.Runtime;
using Rondo.Transport.Native;

namespace Rondo.Transport.Sockets;

/// <summary>One connect to one address on a loop, awaited from anywhere.</summary>
internal sealed class ConnectAttempt : ILoopWork, ISocketOwner
{
    // A Unix socket whose queue is full tells nobody when there is room.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(2);

    private readonly TaskCompletionSource<LoopStream?> _outcome =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly LoopThread _thread;
    private readonly LoopSocket _socket;
    private readonly ConnectAddress _to;
    private readonly bool _noDelay;
    private int _error;

    public ConnectAttempt(LoopThread thread, ConnectAddress to, bool noDelay)
    {
        _thread = thread;
        _to = to;
        _noDelay = noDelay;
        _socket = new LoopSocket(thread) { Owner = this };
    }

    /// <summary>Any thread.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">It cannot be connected.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    public async Task<LoopStream> RunAsync(CancellationToken cancellation)
    {
        _socket.Post(new LoopCode(Start));
        await using var registration = cancellation.UnsafeRegister(
            static self =>
            {
                var attempt = (ConnectAttempt)self!;
                attempt._socket.Post(new LoopCode(() => attempt.End(-Errno.Canceled)));
            },
            this).ConfigureAwait(false);

        // A loop that ends forgets what was posted to it.
        await Task.WhenAny(_outcome.Task, _thread.Ended).ConfigureAwait(false);
        if (_outcome.Task.IsCompleted && await _outcome.Task.ConfigureAwait(false) is { } stream)
        {
            return stream;
        }

        cancellation.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_thread.Poller.IsEnding, typeof(LoopConnector));
        throw SocketErrors.ToException(_error, $"Cannot connect to {_to}");
    }

    public void Run()
    {
        var outcome = _socket.FinishConnect();
        if (outcome != LoopSocket.WouldBlock)
        {
            End(outcome);
        }
    }

    void ISocketOwner.PeerEnded()
    {
    }

    void ISocketOwner.ConnectionBroke()
    {
    }

    void ISocketOwner.LoopEnding() => End(-Errno.Canceled);

    private void Start()
    {
        if (_outcome.Task.IsCompleted)
        {
            return;
        }

        var outcome = _socket.Connect(_to, this, _noDelay);
        if (outcome == LoopSocket.WouldBlock)
        {
            _thread.Loop.CallLater(s_pause, new LoopCode(Start));
        }
        else if (outcome < 0)
        {
            End(outcome);
        }
    }

    private void End(int outcome)
    {
        if (_outcome.Task.IsCompleted)
        {
            return;
        }

        if (outcome == 0)
        {
            _outcome.SetResult(new LoopStream(_socket, _to.EndPoint));
            return;
        }

        _socket.Abandon(reset: false);
        _error = -outcome;
        _outcome.SetResult(null);
    }
}
