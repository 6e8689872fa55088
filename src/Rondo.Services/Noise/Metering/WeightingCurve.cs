namespace Rondo.Services.Noise.Metering;

/// <summary>
/// The curves themselves, which a filter can only approach (IEC 61672-1:2013, annex E). Rounded to 0.1 dB at the
/// nominal third-octave frequencies they are the table of clause 5.5.
/// </summary>
internal static class WeightingCurve
{
    /// <summary>Hz; where A and C begin to fall, below (a double pole).</summary>
    public const double Low = 20.598997;

    /// <summary>Hz; a pole of A.</summary>
    public const double LowerMiddle = 107.65265;

    /// <summary>Hz; a pole of A.</summary>
    public const double UpperMiddle = 737.86223;

    /// <summary>Hz; where A and C begin to fall, above (a double pole).</summary>
    public const double High = 12194.217;

    /// <summary>Hz; both curves are 0 dB here, by definition.</summary>
    public const double Reference = 1000;

    /// <summary>The curve in dB at a frequency in Hz, 0 at 1 kHz.</summary>
    public static double Level(FrequencyWeighting weighting, double frequency) =>
        Decibel.OfAmplitude(Gain(weighting, frequency) * Scale(weighting));

    /// <summary>What brings the curve to 0 dB at 1 kHz: +1.99966 dB for A, +0.06190 dB for C.</summary>
    public static double Scale(FrequencyWeighting weighting) => 1 / Gain(weighting, Reference);

    private static double Gain(FrequencyWeighting weighting, double frequency)
    {
        var square = frequency * frequency;
        var c = High * High * square / ((square + (Low * Low)) * (square + (High * High)));
        return weighting is FrequencyWeighting.C
            ? c
            : c * square / Math.Sqrt(
                (square + (LowerMiddle * LowerMiddle)) * (square + (UpperMiddle * UpperMiddle)));
    }
}
