using System.IO.Pipelines;

namespace Rondo.Services.WebSockets;

/// <summary>
/// A connection after its upgrade. It is read through the server's stream, which knows what has come already, and
/// written past it: nothing of HTTP has to be counted, locked or timed any more.
/// </summary>
/// <param name="upgraded">What the server gives.</param>
/// <param name="output">The connection's own writer; the server writes nothing to it until the request ends.</param>
/// <threadsafety>One reader and one writer at a time.</threadsafety>
internal sealed class UpgradedConnection(Stream upgraded, PipeWriter output) : Stream
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

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        upgraded.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        upgraded.ReadAsync(buffer, offset, count, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <exception cref="IOException">The other side has gone.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var flush = output.WriteAsync(buffer, cancellationToken);
        if (!flush.IsCompletedSuccessfully)
        {
            return EndAsync(flush);
        }

        Check(flush.Result);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static async ValueTask EndAsync(ValueTask<FlushResult> flush) => Check(await flush);

    private static void Check(FlushResult flush)
    {
        if (flush.IsCompleted)
        {
            throw new IOException("The other side has gone.");
        }
    }
}
