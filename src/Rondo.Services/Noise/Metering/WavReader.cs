using System.Buffers.Binary;

namespace Rondo.Services.Noise.Metering;

/// <summary>
/// Reads one channel of a WAV (RIFF, or RF64 above 4 GB: EBU Tech 3306) from any stream, in blocks of 64 KB whatever
/// its length. The sizes in its head are a promise at most: sound ends where the stream ends.
/// </summary>
internal sealed class WavReader
{
    // A writer that cannot go back to its head puts a size of this order there.
    private const long OpenEnd = 0x7FFF_0000;

    private readonly Stream _stream;
    private readonly long? _promisedBytes;
    private readonly byte[] _block;
    private int _begin;
    private int _end;
    private long _bytesRead;
    private long _samplesRead;

    private WavReader(Stream stream, WavFormat format, long? promisedBytes)
    {
        _stream = stream;
        _promisedBytes = promisedBytes;
        Format = format;
        _block = new byte[Math.Max(1, 65_536 / format.FrameBytes) * format.FrameBytes];
    }

    public WavFormat Format { get; }

    /// <summary>Which channel is read, from 0.</summary>
    public int Channel { get; init; }

    /// <summary>How many samples the head promises; null when it leaves that open.</summary>
    public long? Promised => _promisedBytes / Format.FrameBytes;

    /// <summary>Whether the stream has ended before the sound that its head promises.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Reads the head, up to the first sample.</summary>
    /// <exception cref="WavException">It is no WAV, or one that cannot be measured.</exception>
    public static async Task<WavReader> OpenAsync(Stream stream, int channel, CancellationToken cancellation)
    {
        var (format, bytes) = await WavHead.ReadAsync(stream, cancellation);
        if (channel >= format.Channels)
        {
            throw new WavException($"There is no channel {channel + 1}: the recording has {format.Channels}.");
        }

        var isOpen = bytes is 0 or uint.MaxValue || (bytes >= OpenEnd && !stream.CanSeek);
        return new WavReader(stream, format, isOpen ? null : bytes) { Channel = channel };
    }

    /// <summary>A recording without a head.</summary>
    public static WavReader OpenRaw(Stream stream, WavFormat format, int channel = 0) =>
        new(stream, format, null) { Channel = channel };

    /// <summary>The next samples of the channel; 0 at the end. Returns as soon as there are any.</summary>
    /// <exception cref="WavException">A sample is not a number.</exception>
    public async ValueTask<int> ReadAsync(Memory<float> samples, CancellationToken cancellation)
    {
        var frame = Format.FrameBytes;
        while (_end - _begin < frame)
        {
            _block.AsSpan(_begin, _end - _begin).CopyTo(_block);
            (_begin, _end) = (0, _end - _begin);
            var wanted = (int)Math.Min(_block.Length - _end, (_promisedBytes ?? long.MaxValue) - _bytesRead);
            var read = wanted == 0 ? 0 : await _stream.ReadAsync(_block.AsMemory(_end, wanted), cancellation);
            if (read == 0)
            {
                IsTruncated = _bytesRead < _promisedBytes || _end > 0;
                return 0;
            }

            _end += read;
            _bytesRead += read;
        }

        var count = Math.Min(samples.Length, (_end - _begin) / frame);
        Convert(samples.Span[..count]);
        _begin += count * frame;
        _samplesRead += count;
        return count;
    }

    private void Convert(Span<float> samples)
    {
        var width = Format.Bits / 8;
        var at = _begin + (Channel * width);
        foreach (ref var sample in samples)
        {
            sample = Value(_block.AsSpan(at, width));
            at += Format.FrameBytes;
        }

        if (Format.IsFloat && samples.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) is >= 0 and var bad)
        {
            throw new WavException(FormattableString.Invariant(
                $"The sample at {(double)(_samplesRead + bad) / Format.SampleRate:0.000} s is not a finite number."));
        }
    }

    private float Value(ReadOnlySpan<byte> bytes) => (bytes.Length, Format.IsFloat) switch
    {
        (1, _) => (bytes[0] - 128) / 128f,
        (2, _) => BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32_768f,
        (3, _) => ((bytes[0] << 8) | (bytes[1] << 16) | (bytes[2] << 24)) / 2_147_483_648f,
        (4, false) => BinaryPrimitives.ReadInt32LittleEndian(bytes) / 2_147_483_648f,
        (4, true) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
    };
}
