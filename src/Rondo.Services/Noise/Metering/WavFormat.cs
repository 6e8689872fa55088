namespace Rondo.Services.Noise.Metering;

/// <summary>How the samples of a recording are written down.</summary>
/// <param name="SampleRate">Samples of one channel per second.</param>
/// <param name="Channels">How many are interleaved.</param>
/// <param name="Bits">Of one sample, with its padding: 8 (unsigned), 16, 24, 32 or, as float only, 64.</param>
/// <param name="IsFloat">Whether they are floating-point numbers, full scale 1.</param>
internal sealed record WavFormat(int SampleRate, int Channels, int Bits, bool IsFloat)
{
    /// <summary>Bytes of one sample of every channel.</summary>
    public int FrameBytes => Channels * Bits / 8;

    /// <summary>
    /// The largest positive number that can be written down, of full scale 1, or 0.999 if that is less: what clips, is
    /// at least so large.
    /// </summary>
    public double ClipsAt => IsFloat ? 0.999 : Math.Min(0.999, 1 - Math.ScaleB(1, 1 - Bits));

    public override string ToString() => FormattableString.Invariant(
        $"{SampleRate} Hz, {Channels} channel{(Channels == 1 ? "" : "s")}, {Bits} bit{(IsFloat ? " float" : "")}");
}
