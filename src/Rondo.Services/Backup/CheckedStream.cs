using System.Security.Cryptography;

namespace Rondo.Services.Backup;

/// <summary>
/// Passes bytes on, in one direction, and knows afterwards how many there were, their hash, and how many lines. It never
/// reads more than a limit, in all and in a line: an archive may be made to fill memory and disks.
/// </summary>
internal sealed class CheckedStream(Stream inner, long mostBytes = long.MaxValue) : Stream
{
    /// <summary>A snapshot of a stream, in base 64, with what stands around it.</summary>
    public const int LongestLine = 24 * 1024 * 1024;

    private const byte LineEnd = (byte)'\n';

    private readonly MemoryStream _firstLine = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _lineBytes;
    private bool _isRefused;

    /// <summary>Raised after each write, on the thread that writes.</summary>
    public event Action? Written;

    public long Bytes { get; private set; }

    public long Lines { get; private set; }

    /// <summary>The first line, once it has passed.</summary>
    public ReadOnlyMemory<byte> FirstLine => _firstLine.GetBuffer().AsMemory(0, (int)_firstLine.Length);

    public override bool CanRead => inner.CanRead;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => Bytes;
        set => throw new NotSupportedException();
    }

    /// <summary>Of what has passed so far, hexadecimal in lower case.</summary>
    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Passed(buffer, inner.Read(buffer));
        }
        catch (InvalidDataException) when (!_isRefused)
        {
            // What does not unpack ends here, and neither its size nor its checksum is right.
            return 0;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            return Passed(buffer.Span, count);
        }
        catch (InvalidDataException) when (!_isRefused)
        {
            return 0;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        Count(buffer);
        Written?.Invoke();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await inner.WriteAsync(buffer, cancellationToken);
        Count(buffer.Span);
        Written?.Invoke();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            _firstLine.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Passed(ReadOnlySpan<byte> buffer, int count)
    {
        Count(buffer[..count]);
        _isRefused = Bytes > mostBytes || _lineBytes > LongestLine;
        return Bytes > mostBytes ? throw new InvalidDataException("it is longer than the manifest says")
            : _lineBytes > LongestLine ? throw new InvalidDataException($"a line has more than {LongestLine} bytes")
            : count;
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        if (Lines == 0)
        {
            var end = bytes.IndexOf(LineEnd);
            _firstLine.Write(end < 0 ? bytes : bytes[..end]);
        }

        Bytes += bytes.Length;
        Lines += bytes.Count(LineEnd);
        var last = bytes.LastIndexOf(LineEnd);
        _lineBytes = last < 0 ? _lineBytes + bytes.Length : bytes.Length - last - 1;
    }
}
