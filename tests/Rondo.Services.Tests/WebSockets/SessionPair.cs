using System.IO.Pipelines;
using Rondo.Runtime;
using Rondo.Services.WebSockets;

namespace Rondo.Services.Tests.WebSockets;

/// <summary>A session, and the client's end of its connection, both on one loop.</summary>
internal sealed class SessionPair : IAsyncDisposable
{
    private readonly Pipe _toServer;
    private readonly Pipe _toClient;
    private readonly Connection _connection;

    public SessionPair(EventLoop loop, WebSocketLimits limits, bool isBlocked = false)
    {
        var options = new PipeOptions(readerScheduler: loop.PipeScheduler, writerScheduler: loop.PipeScheduler);
        (_toServer, _toClient) = (new Pipe(options), new Pipe(options));
        _connection = new Connection(_toServer.Reader.AsStream(), _toClient.Writer.AsStream());
        if (isBlocked)
        {
            _connection.Block = new TaskCompletionSource();
        }

        Session = new WebSocketSession(_connection, loop, limits);
        Ended = Session.RunAsync(_ => ValueTask.CompletedTask);
    }

    public WebSocketSession Session { get; }

    /// <summary>Whether both sides have closed in order, once it is over.</summary>
    public Task<bool> Ended { get; }

    public void Unblock() => _connection.Block!.SetResult();

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
        Session.Dispose();
    }

    private sealed class Connection(Stream input, Stream output) : Stream
    {
        public TaskCompletionSource? Block { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Block is { } block)
            {
                await block.Task.WaitAsync(cancellationToken);
            }

            await output.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
