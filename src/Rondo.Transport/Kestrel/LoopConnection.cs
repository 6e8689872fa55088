using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>A connection as Kestrel sees it: two pipe ends over a socket of a loop, and when it is over.</summary>
internal sealed class LoopConnection : ConnectionContext, IDuplexPipe, IConnectionIdFeature, IConnectionItemsFeature,
    IConnectionTransportFeature, IMemoryPoolFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature
{
    private readonly CancellationTokenSource _closed = new();
    private readonly ConnectionInput _input;
    private readonly ConnectionOutput _output;
    private IFeatureCollection? _features;
    private IDictionary<object, object?>? _items;
    private string? _id;
    private int _hasFiredClosed;
    private int _isDisposed;

    public LoopConnection(LoopSocket socket, MemoryPool<byte> pool, EndPoint? local, EndPoint? remote)
    {
        Socket = socket;
        MemoryPool = pool;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        ConnectionClosed = _closed.Token;
        _input = new ConnectionInput(this);
        _output = new ConnectionOutput(this);
        socket.PeerLeft = PeerLeft;
        Transport = this;
    }

    public LoopSocket Socket { get; }

    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>Why we broke the connection off, once we have.</summary>
    public ConnectionAbortedException? AbortReason { get; private set; }

    public PipeReader Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    public override string ConnectionId
    {
        get => _id ??= ConnectionIds.Next();
        set => _id = value;
    }

    public override IFeatureCollection Features => _features ??= MakeFeatures();

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    /// <summary>Breaks the connection off: the peer gets a reset, what waits fails with the reason. Any thread.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (AbortReason is null)
        {
            AbortReason = abortReason;
            Socket.Loop.Dispatch(
                (Action)(() =>
                {
                    Socket.Close(reset: true);
                    FireClosed();
                }),
                null);
        }
    }

    /// <summary>
    /// Ends the connection: what has been written is sent first. Ends when the descriptor is closed. Any thread.
    /// </summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        _input.Complete();
        _output.Complete();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Socket.Loop.Dispatch(
            (Action)(() => _output.WhenSent(() =>
            {
                End();
                ended.SetResult();
            })),
            null);
        await ended.Task;
        await base.DisposeAsync();
    }

    /// <summary>What a failed call on the socket means.</summary>
    public Exception Broken(int error) => AbortReason as Exception
        ?? (error is Errno.ConnectionReset or Errno.BrokenPipe
            ? new ConnectionResetException("The connection was reset by the peer.")
            : new NativeException("recv", error));

    /// <summary>The peer will send nothing more, or the connection is broken.</summary>
    public void InputEnded() => FireClosed();

    /// <summary>The peer takes nothing more.</summary>
    public void OutputBroke() => FireClosed();

    private void End()
    {
        if (!Socket.IsClosed)
        {
            Socket.ShutdownSend();
            Socket.Discard();
            Socket.Close(reset: false);
        }

        FireClosed();
    }

    private void PeerLeft(bool isBroken) => FireClosed();

    // On the pool: what is registered is application code, and may block.
    private void FireClosed()
    {
        if (Interlocked.Exchange(ref _hasFiredClosed, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static c => ((LoopConnection)c!)._closed.Cancel(), this);
        }
    }

    private ConnectionFeatures MakeFeatures()
    {
        var features = new ConnectionFeatures();
        features.Set<IConnectionIdFeature>(this);
        features.Set<IConnectionItemsFeature>(this);
        features.Set<IConnectionTransportFeature>(this);
        features.Set<IMemoryPoolFeature>(this);
        features.Set<IConnectionLifetimeFeature>(this);
        features.Set<IConnectionEndPointFeature>(this);
        return features;
    }
}
