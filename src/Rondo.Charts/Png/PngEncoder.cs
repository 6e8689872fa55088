using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Rondo.Charts.Png;

/// <summary>Pixels as a PNG file (ISO/IEC 15948): eight bits of red, green and blue.</summary>
internal static class PngEncoder
{
    private const uint Polynomial = 0xedb88320;
    private const byte TrueColor = 2;

    // Flat colours pack best as they are: by a third better than as differences from the row above.
    private const byte NoFilter = 0;

    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    private static readonly uint[] Remainders = [.. Enumerable.Range(0, 256).Select(i => Remainder((uint)i))];

    /// <summary>The file.</summary>
    /// <param name="raster">The picture.</param>
    /// <param name="title">What it is, kept in the file.</param>
    /// <param name="pixelsPerUnit">
    /// Pixels to a unit of the scene, kept as the size on paper: 96 units to an inch.
    /// </param>
    public static byte[] Encode(Raster raster, string title, double pixelsPerUnit)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, raster.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), raster.Height);
        (header[8], header[9]) = (8, TrueColor);
        Chunk(file, "IHDR", header);
        var density = new byte[9];
        var perMeter = (int)Math.Round(96 * pixelsPerUnit / 0.0254);
        BinaryPrimitives.WriteInt32BigEndian(density, perMeter);
        BinaryPrimitives.WriteInt32BigEndian(density.AsSpan(4), perMeter);
        density[8] = 1;
        Chunk(file, "pHYs", density);

        // Keyword, not compressed, no language, no translated keyword; then UTF-8.
        Chunk(file, "iTXt", [.. "Title\0\0\0\0\0"u8, .. Encoding.UTF8.GetBytes(title)]);
        Chunk(file, "IDAT", Compress(raster));
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static byte[] Compress(Raster raster)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var y = 0; y < raster.Height; y++)
            {
                zlib.WriteByte(NoFilter);
                zlib.Write(raster.Pixels.Slice(y * raster.Width * 3, raster.Width * 3));
            }
        }

        return data.ToArray();
    }

    private static void Chunk(MemoryStream file, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        byte[] content = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, Checksum(content));
        file.Write(number);
    }

    private static uint Checksum(byte[] data)
    {
        var sum = uint.MaxValue;
        foreach (var value in data)
        {
            sum = Remainders[(byte)(sum ^ value)] ^ (sum >> 8);
        }

        return ~sum;
    }

    private static uint Remainder(uint value)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            value = (value & 1) == 1 ? (value >> 1) ^ Polynomial : value >> 1;
        }

        return value;
    }
}
