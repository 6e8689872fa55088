namespace Rondo.Services.Noise.Metering;

/// <summary>
/// How much each frequency counts (IEC 61672-1:2013, clause 5.5; the curves are those of its annex E).
/// </summary>
internal enum FrequencyWeighting
{
    /// <summary>As an ear hears quiet sound: what dB(A) means.</summary>
    A,

    /// <summary>Nearly even from 30 Hz to 8 kHz: for peaks.</summary>
    C,
}
