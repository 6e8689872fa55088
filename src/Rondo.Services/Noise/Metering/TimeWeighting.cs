namespace Rondo.Services.Noise.Metering;

/// <summary>How quickly a level follows the sound (IEC 61672-1:2013, clause 5.8).</summary>
internal enum TimeWeighting
{
    /// <summary>A time constant of 0.125 s: falls by 34.7 dB in a second when the sound stops.</summary>
    Fast,

    /// <summary>A time constant of 1 s: falls by 4.34 dB in a second.</summary>
    Slow,
}
