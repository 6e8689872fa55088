using System.Buffers.Binary;

namespace Rondo.Services.Noise.Metering;

/// <summary>What stands before the samples of a WAV.</summary>
internal static class WavHead
{
    private const int MostFormatBytes = 4096;
    private const int MostChannels = 64;

    // The tail of the identifiers in the extensible form: what comes before it is a tag of the short form.
    private static ReadOnlySpan<byte> Known =>
        [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>Reads up to the first sample. Returns the format and how many bytes of samples are promised.</summary>
    /// <exception cref="WavException">It is no WAV, or one that cannot be measured.</exception>
    public static async Task<(WavFormat Format, long Bytes)> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var head = new byte[12];
        var read = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation);
        var isLarge = Check(head.AsSpan(0, read));
        WavFormat? format = null;
        long? largeBytes = null;
        while (true)
        {
            if (await stream.ReadAtLeastAsync(head.AsMemory(0, 8), 8, throwOnEndOfStream: false, cancellation) < 8)
            {
                throw new WavException(
                    format is null
                        ? "The WAV ends before it says what its format is."
                        : "There is no sound in the WAV.");
            }

            var size = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
            switch (Name(head))
            {
                case "fmt ":
                    format = Format(await ReadPartAsync(stream, size, 16, cancellation));
                    break;
                case "ds64" when isLarge:
                    largeBytes = BinaryPrimitives.ReadInt64LittleEndian(
                        (await ReadPartAsync(stream, size, 24, cancellation)).AsSpan(8));
                    break;
                case "data":
                    return format is null
                        ? throw new WavException("The sound of the WAV comes before its format.")
                        : (format, size == uint.MaxValue && largeBytes is > 0 and var bytes ? bytes : size);
                default:
                    await SkipAsync(stream, size + (size & 1L), cancellation);
                    break;
            }
        }
    }

    private static bool Check(ReadOnlySpan<byte> head)
    {
        if (head.Length == 12 && head[8..].SequenceEqual("WAVE"u8))
        {
            switch (Name(head))
            {
                case "RIFF":
                    return false;
                case "RF64" or "BW64":
                    return true;
            }
        }

        var other = head switch
        {
            [] => "It is empty.",
            [(byte)'f', (byte)'L', (byte)'a', (byte)'C', ..] => "This is FLAC.",
            [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => "This is Ogg.",
            [(byte)'I', (byte)'D', (byte)'3', ..] or [0xFF, >= 0xE0, ..] => "This is MP3.",
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "This is MP4.",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'X', ..] => "This is a WAV for processors of another byte order.",
            _ => "It does not begin as a WAV does.",
        };
        throw new WavException($"{other} Make a WAV of it, for example with 'ffmpeg -i IN -c:a pcm_s16le OUT.wav'.");
    }

    private static async Task<byte[]> ReadPartAsync(
        Stream stream, uint size, int least, CancellationToken cancellation)
    {
        if (size < least || size > MostFormatBytes)
        {
            throw new WavException($"A part of the WAV's head has {size} bytes, which cannot be.");
        }

        var part = new byte[size + (size & 1)];
        return await stream.ReadAtLeastAsync(part, part.Length, throwOnEndOfStream: false, cancellation) == part.Length
            ? part
            : throw new WavException("The WAV ends before its sound begins.");
    }

    private static WavFormat Format(ReadOnlySpan<byte> part)
    {
        int tag = BinaryPrimitives.ReadUInt16LittleEndian(part);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(part[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(part[4..]);
        int frame = BinaryPrimitives.ReadUInt16LittleEndian(part[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(part[14..]);
        if (tag == 0xFFFE && part.Length >= 40 && part[26..40].SequenceEqual(Known))
        {
            tag = BinaryPrimitives.ReadUInt16LittleEndian(part[24..]);
        }

        if (tag is not (1 or 3))
        {
            throw new WavException(
                $"The WAV is compressed (format {tag}). Make an uncompressed one of it, for example with "
                    + "'ffmpeg -i IN -c:a pcm_s16le OUT.wav'.");
        }

        if (channels is 0 or > MostChannels)
        {
            throw new WavException($"The WAV has {channels} channels; 1 to {MostChannels} can be read.");
        }

        if (rate is < WeightingFilter.LeastSampleRate or > WeightingFilter.MostSampleRate)
        {
            throw new WavException(
                $"The WAV has {rate} samples per second; {WeightingFilter.LeastSampleRate} to "
                    + $"{WeightingFilter.MostSampleRate} can be measured.");
        }

        // Twelve bits lie at the upper end of sixteen: the bytes count.
        var width = (bits + 7) / 8 * 8;
        var isKnown = tag == 1 ? width is 8 or 16 or 24 or 32 : width is 32 or 64;
        return isKnown && frame == channels * width / 8
            ? new WavFormat((int)rate, channels, width, tag == 3)
            : throw new WavException(
                $"The WAV has samples of {bits} bits in {frame} bytes for {channels} channels, which cannot be read.");
    }

    private static async Task SkipAsync(Stream stream, long bytes, CancellationToken cancellation)
    {
        var scrap = new byte[4096];
        while (bytes > 0)
        {
            var read = await stream.ReadAsync(scrap.AsMemory(0, (int)Math.Min(bytes, scrap.Length)), cancellation);
            if (read == 0)
            {
                return;
            }

            bytes -= read;
        }
    }

    private static string Name(ReadOnlySpan<byte> part) => System.Text.Encoding.ASCII.GetString(part[..4]);
}
