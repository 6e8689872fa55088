using System.IO.Pipelines;
using Rondo.Runtime;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Tests.WebSockets;

/// <summary>A session, and the client's end of its connection, both on one loop.</summary>
internal sealed class SessionPair : IAsyncDisposable
{
    private readonly Pipe _toServer;
    private readonly Pipe _toClient;
    private readonly BlockableWriter _output;

    public SessionPair(EventLoop loop, WebSocketLimits limits, bool isBlocked = false)
    {
        var options = new PipeOptions(readerScheduler: loop.PipeScheduler, writerScheduler: loop.PipeScheduler);
        (_toServer, _toClient) = (new Pipe(options), new Pipe(options));
        _output = new BlockableWriter(_toClient.Writer, isBlocked);
        Session = new WebSocketSession(new Connection(_toServer.Reader, _output), loop, limits);
        Ended = Session.RunAsync(_ => ValueTask.CompletedTask);
    }

    public WebSocketSession Session { get; }

    /// <summary>Whether both sides have closed in order, once it is over.</summary>
    public Task<bool> Ended { get; }

    public void Unblock() => _output.Unblock();

    public async Task WriteAsync(byte[] frame) => await _toServer.Writer.WriteAsync(frame);

    /// <summary>The next frame that the server has sent.</summary>
    public async Task<(int Opcode, byte[] Payload)> ReadAsync()
    {
        var stream = _toClient.Reader.AsStream(leaveOpen: true);
        var head = new byte[2];
        await stream.ReadExactlyAsync(head);
        Assert.InRange(head[1], 0, 125);
        var payload = new byte[head[1]];
        await stream.ReadExactlyAsync(payload);
        return (head[0] & 0xf, payload);
    }

    public async ValueTask DisposeAsync()
    {
        Session.End();
        await Ended;
    }

    private sealed class Connection(PipeReader input, BlockableWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    /// <summary>A writer whose flushes can be held up.</summary>
    private sealed class BlockableWriter(PipeWriter writer, bool isBlocked) : PipeWriter
    {
        private readonly TaskCompletionSource _open = new();
        private TaskCompletionSource _cancelled = new();

        public void Unblock() => _open.SetResult();

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (isBlocked && await Task.WhenAny(_open.Task, _cancelled.Task) == _cancelled.Task)
            {
                _cancelled = new TaskCompletionSource();
                return new FlushResult(isCanceled: true, isCompleted: false);
            }

            return await writer.FlushAsync(cancellationToken);
        }

        public override void CancelPendingFlush() => _cancelled.TrySetResult();

        public override void Advance(int bytes) => writer.Advance(bytes);

        public override void Complete(Exception? exception = null) => writer.Complete(exception);

        public override Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => writer.GetSpan(sizeHint);
    }
}
