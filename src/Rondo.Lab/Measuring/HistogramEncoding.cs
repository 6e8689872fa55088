using System.Buffers.Binary;
using System.IO.Compression;

namespace Rondo.Lab.Measuring;

/// <summary>
/// HdrHistogram's V2 compressed form: what its plotters, log processors and libraries read. A header, then the counts as
/// ZigZag LEB128 numbers in which a negative one is a run of empty slots; all of it deflated.
/// </summary>
internal static class HistogramEncoding
{
    private const int Cookie = 0x1c849313;
    private const int CompressedCookie = 0x1c849314;
    private const int HeaderLength = 40;
    private const int SignificantDigits = 3;

    /// <summary>Base64 text that begins with <c>HISTFAAA</c>.</summary>
    public static string Encode(LatencyHistogram histogram)
    {
        var plain = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderLength];
        header.Clear();
        plain.Write(header);
        WriteCounts(plain, histogram.Slots);
        BinaryPrimitives.WriteInt32BigEndian(header, Cookie);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], (int)plain.Length - HeaderLength);
        BinaryPrimitives.WriteInt32BigEndian(header[12..], SignificantDigits);
        BinaryPrimitives.WriteInt64BigEndian(header[16..], 1);
        BinaryPrimitives.WriteInt64BigEndian(header[24..], LatencyHistogram.Longest);
        BinaryPrimitives.WriteDoubleBigEndian(header[32..], 1);
        plain.Position = 0;
        plain.Write(header);

        var packed = new MemoryStream();
        packed.Write(header[..8]);
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(plain.GetBuffer(), 0, (int)plain.Length);
        }

        BinaryPrimitives.WriteInt32BigEndian(header, CompressedCookie);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], (int)packed.Length - 8);
        packed.Position = 0;
        packed.Write(header[..8]);
        return Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; values are known as finely as their slots.</summary>
    /// <exception cref="FormatException">It is not such text.</exception>
    public static LatencyHistogram Decode(string text)
    {
        var packed = Convert.FromBase64String(text);
        if (packed.Length < 8 || BinaryPrimitives.ReadInt32BigEndian(packed) != CompressedCookie)
        {
            throw new FormatException("This is no compressed histogram of the second version.");
        }

        using var zlib = new ZLibStream(new MemoryStream(packed, 8, packed.Length - 8), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zlib.CopyTo(plain);
        var bytes = plain.GetBuffer().AsSpan(0, (int)plain.Length);
        if (bytes.Length < HeaderLength || BinaryPrimitives.ReadInt32BigEndian(bytes) != Cookie)
        {
            throw new FormatException("The histogram in this text has another version.");
        }

        var histogram = new LatencyHistogram();
        var slot = 0;
        for (var rest = bytes[HeaderLength..]; !rest.IsEmpty;)
        {
            var count = ReadNumber(ref rest);
            if (count < 0)
            {
                slot = (int)Math.Min(slot - count, LatencyHistogram.SlotCount);
            }
            else if (slot >= LatencyHistogram.SlotCount)
            {
                throw new FormatException("The histogram in this text has too many slots.");
            }
            else
            {
                histogram.Record(LatencyHistogram.HighestOf(slot++), count);
            }
        }

        return histogram;
    }

    private static void WriteCounts(MemoryStream into, ReadOnlySpan<long> counts)
    {
        for (var i = 0; i < counts.Length;)
        {
            if (counts[i] > 0)
            {
                WriteNumber(into, counts[i++]);
                continue;
            }

            var start = i;
            while (i < counts.Length && counts[i] == 0)
            {
                i++;
            }

            WriteNumber(into, start - i);
        }
    }

    // Nine bytes at most: the ninth carries eight bits.
    private static void WriteNumber(MemoryStream into, long number)
    {
        var rest = (ulong)((number << 1) ^ (number >> 63));
        for (var i = 0; i < 8 && rest > 0x7f; i++)
        {
            into.WriteByte((byte)(rest | 0x80));
            rest >>= 7;
        }

        into.WriteByte((byte)rest);
    }

    private static long ReadNumber(ref Span<byte> from)
    {
        var number = 0UL;
        for (var i = 0; ; i++)
        {
            if (from.IsEmpty)
            {
                throw new FormatException("The histogram in this text ends in the middle of a number.");
            }

            var next = from[0];
            from = from[1..];
            if (i == 8 || next < 0x80)
            {
                number |= (ulong)next << (7 * i);
                return (long)(number >> 1) ^ -(long)(number & 1);
            }

            number |= (ulong)(next & 0x7f) << (7 * i);
        }
    }
}
