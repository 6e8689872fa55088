namespace Rondo.Services.Gateway.Upstream;

/// <summary>A body of which it is to be known whether it was touched, how it failed, and when it was over.</summary>
/// <threadsafety>As the stream within.</threadsafety>
internal sealed class WatchedBody(Stream inner, Action ended) : Stream
{
    private volatile bool _isTouched;

    public Stream Inner => inner;

    /// <summary>Whether a byte was read.</summary>
    public bool IsTouched => _isTouched;

    /// <summary>How reading failed; null if it did not.</summary>
    public Exception? Error { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            _isTouched |= count > 0;
            if (count == 0 && !buffer.IsEmpty)
            {
                ended();
            }

            return count;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Error = error;
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
