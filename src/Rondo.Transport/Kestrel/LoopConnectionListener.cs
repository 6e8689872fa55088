using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>One address: a listening socket on each loop, and the connections that they accept.</summary>
internal sealed class LoopConnectionListener : IConnectionListener
{
    // Loops answer within microseconds, unless a handler blocks one.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly LoopThread[] _loops;
    private readonly BlockPool[] _blocks;
    private readonly LoopTransportOptions _options;
    private readonly ILogger _logger;
    private readonly ListeningSockets _sockets;
    private readonly SocketListener[] _listeners;
    private readonly Channel<LoopConnection> _accepted = Channel.CreateUnbounded<LoopConnection>(
        new UnboundedChannelOptions { SingleReader = true });

    private int _isUnbound;

    private LoopConnectionListener(
        LoopThread[] loops,
        BlockPool[] blocks,
        ListeningSockets sockets,
        LoopTransportOptions options,
        ILogger logger,
        AcceptLog acceptLog)
    {
        (_loops, _blocks, _sockets, _options, _logger) = (loops, blocks, sockets, options, logger);
        _listeners = [.. loops.Select((loop, n) => new SocketListener(
            loop,
            sockets,
            n,
            (socket, remote) => Accept(socket, _blocks[n], remote),
            error => acceptLog.Paused(EndPoint, error)))];
    }

    public EndPoint EndPoint => _sockets.EndPoint;

    /// <summary>Binds, listens, and has every loop accept.</summary>
    /// <exception cref="AddressInUseException">Somebody else listens there.</exception>
    /// <exception cref="NativeException">The kernel refuses for another reason.</exception>
    public static async Task<LoopConnectionListener> BindAsync(
        LoopThread[] loops,
        BlockPool[] blocks,
        EndPoint endPoint,
        LoopTransportOptions options,
        ILogger logger,
        AcceptLog acceptLog)
    {
        var listener = new LoopConnectionListener(
            loops, blocks, Open(loops, endPoint, options), options, logger, acceptLog);
        try
        {
            await listener.OnEachLoopAsync(static l => l.Start());
            return listener;
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

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

    /// <summary>
    /// Accepts no more; who waits in the kernel's queues is accepted yet. A loop that does not answer is not waited for
    /// longer than a moment: its queue is reset.
    /// </summary>
    /// <param name="cancellationToken">
    /// Of no effect: who has no time left still needs the address to be free, and that is a matter of microseconds.
    /// </param>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isUnbound, 1) == 1)
        {
            return;
        }

        _sockets.Unlink();
        try
        {
            await OnEachLoopAsync(static l => l.Stop()).WaitAsync(s_patience, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            _sockets.Shutdown();
            TransportLog.ClosedWithoutLoop(_logger, EndPoint);
        }

        _accepted.Writer.TryComplete();
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

    private static ListeningSockets Open(LoopThread[] loops, EndPoint endPoint, LoopTransportOptions options)
    {
        var calls = loops[0].Calls;
        try
        {
            return endPoint is FileHandleEndPoint inherited
                ? ListeningSockets.Inherit(
                    calls, endPoint, checked((int)inherited.FileHandle), loops.Length, options.Backlog)
                : ListeningSockets.Bind(calls, endPoint, loops.Length, options.Backlog);
        }
        catch (NativeException error) when (error.Error == Errno.AddressInUse)
        {
            throw new AddressInUseException($"Somebody else listens on {endPoint} already.", error);
        }
    }

    private void Accept(LoopSocket socket, BlockPool blocks, EndPoint? remote)
    {
        if (_options.NoDelay && EndPoint is IPEndPoint)
        {
            socket.SetNoDelay();
        }

        var connection = new LoopConnection(socket, blocks, _logger, LocalOf(socket), remote);
        if (socket.Register() < 0 || !_accepted.Writer.TryWrite(connection))
        {
            socket.Close(reset: true);
        }
    }

    private EndPoint? LocalOf(LoopSocket socket) => EndPoint is IPEndPoint { Address: var address }
        && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? socket.LocalEndPoint()
            : EndPoint;

    /// <summary>Ends when each loop has done it, with the failure of one that has failed.</summary>
    private Task OnEachLoopAsync(Action<SocketListener> action) =>
        Task.WhenAll(_loops.Zip(_listeners, (loop, listener) => OnLoopAsync(loop, listener, action)));

    private static Task OnLoopAsync(LoopThread thread, SocketListener listener, Action<SocketListener> action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isPosted = thread.Loop.TryDispatch(new LoopCode(() =>
        {
            try
            {
                action(listener);
                done.SetResult();
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        }));

        // A loop that ends stops its listeners itself.
        return isPosted ? Task.WhenAny(done.Task, thread.Ended).Unwrap() : Task.CompletedTask;
    }
}
