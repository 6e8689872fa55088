namespace Rondo.Services.Noise.Metering;

/// <summary>
/// What has to be added to a level below full scale to get dB(A). Three ways lead to it: the offset itself, from a data
/// sheet or an earlier measurement; a known level at the microphone, from a calibrator or a sound level meter beside
/// it; and another microphone in the same sound. All offsets are decibels.
/// </summary>
internal static class Calibration
{
    /// <summary>
    /// What is taken until somebody knows better. Phones differ by 10 dB and more either way; a microphone for which
    /// a calibrator of 94 dB reads -26 dB has this one.
    /// </summary>
    public const double Uncalibrated = 120;

    /// <summary>The least offset: a microphone for which full scale is a loud room.</summary>
    public const double Least = 60;

    /// <summary>The greatest offset: a microphone for which full scale is beyond any explosion.</summary>
    public const double Most = 180;

    /// <summary>Below this the noise of the microphone itself is part of what it reads.</summary>
    public const double LeastReference = 40;

    /// <summary>Above this most microphones of phones clip.</summary>
    public const double MostReference = 130;

    /// <summary>The offset; null when it cannot be one.</summary>
    public static double? FromOffset(double offset) => offset is >= Least and <= Most ? offset : null;

    /// <summary>
    /// The offset of a microphone that reads <paramref name="measured"/> where there are <paramref name="reference"/>
    /// dB(A); null when there cannot be so much, or the offset cannot be one.
    /// </summary>
    public static double? FromReference(double reference, double measured) =>
        reference is >= LeastReference and <= MostReference ? FromOffset(reference - measured) : null;

    /// <summary>The offset of a microphone that reads what another one with a known offset reads.</summary>
    public static double? FromOther(double otherOffset, double otherMeasured, double measured) =>
        FromOffset(otherOffset + otherMeasured - measured);
}
