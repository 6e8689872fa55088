using System.Buffers;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>One address: a listening socket on each loop, and the connections that they accept.</summary>
internal sealed partial class LoopConnectionListener : IConnectionListener
{
    private readonly LoopThread[] _loops;
    private readonly LoopTransportOptions _options;
    private readonly MemoryPool<byte> _pool;
    private readonly ILogger _logger;
    private readonly ListeningSockets _sockets;
    private readonly SocketListener[] _listeners;
    private readonly Channel<LoopConnection> _accepted = Channel.CreateUnbounded<LoopConnection>(
        new UnboundedChannelOptions { SingleReader = true });

    private int _isUnbound;

    public LoopConnectionListener(
        LoopThread[] loops,
        EndPoint endPoint,
        LoopTransportOptions options,
        MemoryPool<byte> pool,
        ILogger logger)
    {
        (_loops, _options, _pool, _logger) = (loops, options, pool, logger);
        _sockets = ListeningSockets.Open(loops[0].Calls, endPoint, loops.Length, options.Backlog);
        EndPoint = _sockets.EndPoint;
        _listeners = [.. loops.Select((loop, n) => new SocketListener(
            loop, _sockets.Descriptor(n), _sockets.IsShared, Accept, error => LogPaused(_logger, EndPoint, error)))];
        OnEachLoop((loop, n) => _listeners[n].Start());
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_accepted.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    // Every queue is emptied before any socket is closed: the kernel resets what waits in the queue of a closed one.
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isUnbound, 1) == 0)
        {
            await OnEachLoopAsync((_, n) => _listeners[n].Stop());
            _sockets.Close();
            _accepted.Writer.TryComplete();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        while (_accepted.Reader.TryRead(out var connection))
        {
            connection.Abort(new ConnectionAbortedException("The server has stopped."));
            await connection.DisposeAsync();
        }
    }

    private void Accept(LoopSocket socket, EndPoint? remote)
    {
        if (_options.NoDelay && EndPoint is IPEndPoint)
        {
            socket.SetNoDelay();
        }

        var connection = new LoopConnection(socket, _pool, LocalOf(socket), remote);
        if (socket.Register() < 0 || !_accepted.Writer.TryWrite(connection))
        {
            socket.Close(reset: true);
        }
    }

    private EndPoint? LocalOf(LoopSocket socket) => EndPoint is IPEndPoint { Address: var address }
        && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? socket.LocalEndPoint()
            : EndPoint;

    private void OnEachLoop(Action<LoopThread, int> action)
    {
        for (var n = 0; n < _loops.Length; n++)
        {
            var (loop, place) = (_loops[n], n);
            loop.Loop.Dispatch((Action)(() => action(loop, place)), null);
        }
    }

    private Task OnEachLoopAsync(Action<LoopThread, int> action)
    {
        var left = _loops.Length;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        OnEachLoop((loop, n) =>
        {
            action(loop, n);
            if (Interlocked.Decrement(ref left) == 0)
            {
                done.SetResult();
            }
        });
        return done.Task;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{EndPoint} cannot accept for lack of descriptors or memory (errno {Error}); it tries again. "
            + "Raise the limit (ulimit -n) or close connections.")]
    private static partial void LogPaused(ILogger logger, EndPoint endPoint, int error);
}
