namespace Rondo.Cli.Tests.Noise;

/// <summary>Writes recordings of 16 bit in one channel.</summary>
internal static class Recording
{
    public const int Rate = 48_000;

    /// <summary>
    /// The amplitude of a sine that a calibrator of 94 dB makes of a microphone with an offset of 120 dB.
    /// </summary>
    public static readonly double Of94Decibels = Math.Sqrt(2) * Math.Pow(10, -26 / 20.0);

    /// <summary>1 kHz, of so many seconds for each amplitude. Returns the path.</summary>
    public static string Tone(string folder, string name, double seconds, params double[] amplitudes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, Bytes(seconds, amplitudes));
        return path;
    }

    public static byte[] Bytes(double seconds, params double[] amplitudes)
    {
        var samples = amplitudes.SelectMany(a => Enumerable.Range(0, (int)(Rate * seconds))
            .Select(i => (short)Math.Round(
                32_767 * Math.Clamp(a * Math.Sin(2 * Math.PI * 1000 * i / Rate), -1, 1)))).ToArray();
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write("RIFF"u8);
        writer.Write(36 + (2 * samples.Length));
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(Rate);
        writer.Write(2 * Rate);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(2 * samples.Length);
        foreach (var sample in samples)
        {
            writer.Write(sample);
        }

        writer.Flush();
        return bytes.ToArray();
    }
}
