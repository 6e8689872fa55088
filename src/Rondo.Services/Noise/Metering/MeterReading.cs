using Rondo.Services.Noise.Levels;

namespace Rondo.Services.Noise.Metering;

/// <summary>
/// The levels of a stretch of sound, in dB below full scale as <see cref="Decibel"/> defines it; negative infinity for
/// digital silence. A calibration makes dB(A) of them.
/// </summary>
internal readonly record struct MeterReading
{
    /// <summary>How many samples came before it.</summary>
    public required long Start { get; init; }

    /// <summary>Seconds; less than asked for at the end of a recording alone.</summary>
    public required double Duration { get; init; }

    /// <summary>The mean of the A-weighted power (the time-averaged sound level of IEC 61672-1).</summary>
    public required double LAeq { get; init; }

    /// <summary>The maximum of the A-weighted level with the time weighting asked for: LAFmax or LASmax.</summary>
    public required double LAMax { get; init; }

    /// <summary>The time-weighted level at its end: what a meter's display would show.</summary>
    public required double Displayed { get; init; }

    /// <summary>
    /// The greatest C-weighted amplitude (IEC 61672-1:2013, clause 5.13), of the samples as they are, not between them.
    /// </summary>
    public required double LCPeak { get; init; }

    /// <summary>Clipped, muted, sampled too slowly.</summary>
    public required LevelFlags Flags { get; init; }
}
