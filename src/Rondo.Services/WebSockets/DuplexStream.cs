using System.Buffers;
using System.IO.Pipelines;

namespace Rondo.Services.WebSockets;

/// <summary>The two ends of a connection as a stream, for code that takes no pipes.</summary>
/// <threadsafety>One reader and one writer at a time.</threadsafety>
internal sealed class DuplexStream(IDuplexPipe connection) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync(cancellationToken);
            var bytes = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, buffer.Length));
            bytes.CopyTo(buffer.Span);
            connection.Input.AdvanceTo(bytes.End);

            // The server cancels a read when it would like to stop: whoever reads decides when that is.
            if (!read.IsCanceled || !bytes.IsEmpty)
            {
                return (int)bytes.Length;
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <exception cref="IOException">The other side has gone.</exception>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var flush = await connection.Output.WriteAsync(buffer, cancellationToken);
        if (flush.IsCompleted)
        {
            throw new IOException("The other side has gone.");
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
