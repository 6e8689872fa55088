using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Rondo.Runtime;
using Rondo.Transport.Native;
using Rondo.Transport.Sockets;

namespace Rondo.Transport.Kestrel;

/// <summary>A connection as Kestrel sees it: two pipe ends over a socket of a loop, and when it is over.</summary>
internal sealed class LoopConnection : ConnectionContext, IDuplexPipe, ISocketOwner, ILoopWork,
    IConnectionIdFeature, IConnectionItemsFeature, IConnectionTransportFeature, IMemoryPoolFeature,
    IConnectionLifetimeFeature, IConnectionEndPointFeature
{
    // Long enough for an answer to be read on a slow line; short, since the peer may never close.
    private static readonly TimeSpan s_lingering = TimeSpan.FromSeconds(2);

    // How long a handler may still answer a peer that asks and ends its side at once. So much later is a request
    // aborted whose peer has left.
    private static readonly TimeSpan s_halfOpen = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _closed = new();
    private readonly ILogger _logger;
    private readonly ConnectionInput _input;
    private readonly ConnectionOutput _output;
    private IFeatureCollection? _features;
    private IDictionary<object, object?>? _items;
    private string? _id;
    private RequestContext? _context;
    private ConnectionAbortedException? _abortReason;
    private volatile bool _isBroken;
    private int _hasFiredClosed;
    private int _isDisposed;

    public LoopConnection(LoopSocket socket, BlockPool blocks, ILogger logger, EndPoint? local, EndPoint? remote)
    {
        Socket = socket;
        Blocks = blocks;
        _logger = logger;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        ConnectionClosed = _closed.Token;
        _input = new ConnectionInput(this);
        _output = new ConnectionOutput(this);
        socket.Owner = this;
        Transport = this;
    }

    public LoopSocket Socket { get; }

    public BlockPool Blocks { get; }

    public MemoryPool<byte> MemoryPool => Blocks.Memory;

    /// <summary>Why we broke the connection off, once we have.</summary>
    public ConnectionAbortedException? AbortReason => Volatile.Read(ref _abortReason);

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

    /// <summary>
    /// Breaks the connection off: the peer gets a reset, what waits fails with the reason. Any thread; again does
    /// nothing.
    /// </summary>
    /// <param name="abortReason">
    /// Null from Kestrel when the peer has ended its side, and it wants ours ended too: that is no reset.
    /// </param>
    public override void Abort(ConnectionAbortedException? abortReason)
    {
        // It has been flushed: a peer that has ended its side still reads its answer.
        _output.SendDeferred();
        var reason = abortReason ?? new ConnectionAbortedException("The connection was closed, since its peer has.");
        if (Interlocked.CompareExchange(ref _abortReason, reason, null) is null)
        {
            Socket.Post(new LoopCode(() =>
            {
                Socket.Close(reset: abortReason is not null);
                FireClosed();
            }));
        }
    }

    /// <summary>
    /// Ends the connection: what has been written is sent first. Ends when the peer has been told so, or the loop has
    /// ended. Any thread; again does nothing.
    /// </summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        // On the loop, which may be at work on either side.
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Socket.Post(new LoopCode(() =>
        {
            _input.End();
            _output.Complete();
            _output.WhenSent(() =>
            {
                End();
                ended.SetResult();
            });
        }));
        await Task.WhenAny(ended.Task, Socket.Thread.Ended);
        await base.DisposeAsync();
    }

    /// <summary>What a failed call on the socket means.</summary>
    public Exception Broken(int error)
    {
        _isBroken = true;
        return AbortReason as Exception ?? error switch
        {
            Errno.ConnectionReset or Errno.BrokenPipe =>
                new ConnectionResetException("The connection was reset by the peer."),
            Errno.TimedOut or Errno.HostUnreachable or Errno.NetworkUnreachable =>
                new ConnectionResetException("The peer can no longer be reached.", new NativeException("recv", error)),
            _ => new NativeException("recv", error),
        };
    }

    /// <summary>
    /// The context of a request's application code: the last request's, if that asked for the same. Any thread.
    /// </summary>
    public RequestContext ContextOf(string method, string path, BlockingEndpoints blocking) =>
        _context is { } last && last.IsFor(method, path)
            ? last
            : _context = new RequestContext(Socket.Thread, blocking, method, path);

    /// <summary>The peer will send nothing more, or the connection is broken.</summary>
    public void InputEnded() => FireClosed();

    /// <summary>The kernel takes nothing more.</summary>
    public void OutputBroke()
    {
        _isBroken = true;
        FireClosed();
    }

    // Whether it has left or still wants its answer cannot be told, and Kestrel drops the answer when we say closed.
    public void PeerEnded() => Socket.Loop.CallLater(s_halfOpen, new LoopCode(FireClosed));

    public void ConnectionBroke() => FireClosed();

    void ILoopWork.Run() => _output.SendDeferred();

    public void LoopEnding()
    {
        Interlocked.CompareExchange(ref _abortReason, new ConnectionAbortedException("The server has stopped."), null);
        FireClosed();
    }

    // A connection that has lost bytes must not look as if it had ended well.
    private void End()
    {
        if (_isBroken)
        {
            Socket.Close(reset: true);
        }
        else if (!Socket.IsClosed)
        {
            Socket.Linger(s_lingering);
        }

        FireClosed();
    }

    // On the pool: what is registered is application code, and may block.
    private void FireClosed()
    {
        if (Interlocked.Exchange(ref _hasFiredClosed, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static c => ((LoopConnection)c!).CancelClosed(), this);
        }
    }

    private void CancelClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (AggregateException error)
        {
            TransportLog.CloseCallbackFailed(_logger, error, ConnectionId);
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
        features.Set(this);
        return features;
    }
}
