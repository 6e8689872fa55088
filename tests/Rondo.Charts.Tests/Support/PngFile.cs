using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Rondo.Charts.Tests.Support;

/// <summary>Reads what the encoder writes, by the letter of the standard.</summary>
internal sealed class PngFile
{
    private readonly byte[] _pixels;

    public PngFile(byte[] file)
    {
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], file[..8]);
        using var data = new MemoryStream();
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            var type = Encoding.ASCII.GetString(file, at + 4, 4);
            var content = file.AsSpan(at + 8, length);
            Assert.Equal(Crc(file.AsSpan(at + 4, length + 4)),
                BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)));
            Types.Add(type);
            if (type == "IHDR")
            {
                Width = BinaryPrimitives.ReadInt32BigEndian(content);
                Height = BinaryPrimitives.ReadInt32BigEndian(content[4..]);
                Assert.Equal([8, 2, 0, 0, 0], content[8..].ToArray());
            }
            else if (type == "IDAT")
            {
                data.Write(content);
            }

            at += length + 12;
        }

        _pixels = Pixels(data.ToArray());
    }

    public int Width { get; }

    public int Height { get; }

    public List<string> Types { get; } = [];

    public int this[int x, int y]
    {
        get
        {
            var at = ((y * Width) + x) * 3;
            return (_pixels[at] << 16) | (_pixels[at + 1] << 8) | _pixels[at + 2];
        }
    }

    private byte[] Pixels(byte[] data)
    {
        using var zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        zlib.CopyTo(raw);
        var bytes = raw.ToArray();
        var stride = Width * 3;
        Assert.Equal((stride + 1) * Height, bytes.Length);
        var pixels = new byte[stride * Height];
        for (var y = 0; y < Height; y++)
        {
            var filter = bytes[y * (stride + 1)];
            for (var x = 0; x < stride; x++)
            {
                var left = x >= 3 ? pixels[(y * stride) + x - 3] : 0;
                var above = y > 0 ? pixels[((y - 1) * stride) + x] : 0;
                var under =
                    filter switch { 0 => 0, 1 => left, 2 => above, _ => throw new FormatException($"filter {filter}") };
                pixels[(y * stride) + x] = (byte)(bytes[(y * (stride + 1)) + 1 + x] + under);
            }
        }

        return pixels;
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xedb88320 & (uint)-(int)(crc & 1));
            }
        }

        return ~crc;
    }
}
