using Microsoft.Extensions.Logging.Abstractions;
using Rondo.Transport.Kestrel;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Tests.Support;

/// <summary>
/// A connection on a loop of its own, with small blocks that are counted, and the socket of its peer.
/// </summary>
internal sealed class ConnectionPair : IAsyncDisposable
{
    private readonly LoopThread _thread;

    private ConnectionPair(LoopThread thread, LoopConnection connection, Socket peer, CountingPool pool)
    {
        (_thread, Connection, Peer, Pool) = (thread, connection, peer, pool);
        Blocks = connection.Blocks;
    }

    public LoopConnection Connection { get; }

    public BlockPool Blocks { get; }

    public Socket Peer { get; }

    public CountingPool Pool { get; }

    public LoopThread Thread => _thread;

    public static async Task<ConnectionPair> MakeAsync(int blockSize = 64, LinuxCalls? calls = null)
    {
        calls ??= new LinuxCalls();
        var thread = new LoopThread(calls, "test", onError: null);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await peer.ConnectAsync(listener.LocalEndPoint!);
        var address = new byte[SocketAddresses.Longest];
        var socket = new LoopSocket(thread, new LinuxCalls().Accept((int)listener.Handle, address, out _));
        var pool = new CountingPool(blockSize);
        var connection = new LoopConnection(
            socket, new BlockPool(thread.Loop, pool), NullLogger.Instance, null, null);
        var pair = new ConnectionPair(thread, connection, peer, pool);
        await pair.OnLoopAsync(() => Assert.Equal(0, socket.Register()));
        return pair;
    }

    /// <summary>Runs something as a callback of the loop, and waits until it has ended.</summary>
    public Task OnLoopAsync(Action action) => OnLoopAsync(() =>
    {
        action();
        return Task.CompletedTask;
    });

    public async Task OnLoopAsync(Func<Task> action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _thread.Loop.CallSoonThreadSafe((Action)(() => _ = RunAsync()));
        await done.Task;

        async Task RunAsync()
        {
            try
            {
                await action();
                done.SetResult();
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        }
    }

    /// <summary>Ends everything; no block may be out then.</summary>
    public async ValueTask DisposeAsync()
    {
        Peer.Dispose();
        await Connection.DisposeAsync();
        Assert.True(await _thread.StopAsync(TimeSpan.FromSeconds(5)));
        Blocks.Trim();
        Assert.Equal(0, Pool.Rented);
    }
}
