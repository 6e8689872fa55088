using System.IO.Pipelines;

namespace Rondo.Services.Gateway.Framing;

/// <summary>
/// Where the server writes to a connection. Its end is that of the requests alone if another protocol follows them.
/// </summary>
/// <threadsafety>As the connection's.</threadsafety>
internal sealed class KeptOutput(PipeWriter connection, StrictFramingReader reader) : PipeWriter
{
    public override bool CanGetUnflushedBytes => connection.CanGetUnflushedBytes;

    public override long UnflushedBytes => connection.UnflushedBytes;

    public override void Advance(int bytes) => connection.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => connection.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => connection.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        connection.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        connection.WriteAsync(source, cancellationToken);

    public override void CancelPendingFlush() => connection.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        if (!reader.IsKept)
        {
            connection.Complete(exception);
        }
    }

    public override ValueTask CompleteAsync(Exception? exception = null) =>
        reader.IsKept ? default : connection.CompleteAsync(exception);
}
