using System.Text;
using Rondo.Services.Noise.Metering;

namespace Rondo.Services.Tests.Noise.Metering;

/// <summary>Makes recordings.</summary>
internal static class TestWav
{
    /// <summary>The recording; without the extensible form, the size of the sound stands at byte 40.</summary>
    public static byte[] Make(WavFormat format, bool isExtensible, params float[][] channels)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.ASCII);
        var sound = Sound(format, channels);
        var tag = (short)(format.IsFloat ? 3 : 1);
        writer.Write("RIFF"u8);
        writer.Write((isExtensible ? 60 : 36) + sound.Length);
        writer.Write("WAVEfmt "u8);
        writer.Write(isExtensible ? 40 : 16);
        writer.Write(isExtensible ? unchecked((short)0xFFFE) : tag);
        writer.Write((short)format.Channels);
        writer.Write(format.SampleRate);
        writer.Write(format.SampleRate * format.FrameBytes);
        writer.Write((short)format.FrameBytes);
        writer.Write((short)format.Bits);
        if (isExtensible)
        {
            writer.Write((short)22);
            writer.Write((short)format.Bits);
            writer.Write(0);
            writer.Write(tag);
            writer.Write([0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71]);
        }

        writer.Write("data"u8);
        writer.Write(sound.Length);
        writer.Write(sound);
        writer.Flush();
        return bytes.ToArray();
    }

    private static byte[] Sound(WavFormat format, float[][] channels)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        for (var at = 0; at < channels[0].Length; at++)
        {
            foreach (var channel in channels)
            {
                Write(writer, format, channel[at]);
            }
        }

        writer.Flush();
        return bytes.ToArray();
    }

    private static void Write(BinaryWriter writer, WavFormat format, double value)
    {
        var whole = Math.Clamp(
            Math.Round(value * Math.ScaleB(1, format.Bits - 1)),
            -Math.ScaleB(1, format.Bits - 1),
            Math.ScaleB(1, format.Bits - 1) - 1);
        switch (format.Bits, format.IsFloat)
        {
            case (8, _):
                writer.Write((byte)(whole + 128));
                break;
            case (16, _):
                writer.Write((short)whole);
                break;
            case (24, _):
                writer.Write(BitConverter.GetBytes((int)whole).AsSpan(0, 3));
                break;
            case (32, false):
                writer.Write((int)whole);
                break;
            case (32, true):
                writer.Write((float)value);
                break;
            default:
                writer.Write(value);
                break;
        }
    }
}
