namespace Rondo.Services.Noise.Metering;

/// <summary>
/// Between decibels and what they stand for. Full scale is a sample of 1.0, so a sine of full scale has -3.01 dB and a
/// square wave 0 (AES17 would call the sine 0). Silence is negative infinity.
/// </summary>
internal static class Decibel
{
    public static double OfPower(double meanSquare) => 10 * Math.Log10(meanSquare);

    public static double OfAmplitude(double amplitude) => 20 * Math.Log10(amplitude);

    public static double ToPower(double level) => Math.Pow(10, level / 10);
}
