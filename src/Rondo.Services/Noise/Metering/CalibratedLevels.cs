using Rondo.Services.Noise.Levels;

namespace Rondo.Services.Noise.Metering;

/// <summary>
/// A reading as it is shown and sent: dB(A), the peak in dB(C), rounded to 0.1; null of a muted microphone.
/// </summary>
internal readonly record struct CalibratedLevels(double? LAeq, double? LAMax, double? LCPeak)
{
    // Below it nothing is heard by anybody; digital silence would be minus infinity.
    private const double Lowest = LevelHistogram.Lowest;
    private const double HighestPeak = 180;

    public static CalibratedLevels Of(in MeterReading reading, double offset)
    {
        if ((reading.Flags & LevelFlags.Muted) != 0)
        {
            return default;
        }

        // The first Fast level of a sound that was there before may be a hair below the mean.
        var equivalent = Limit(reading.LAeq, LevelHistogram.Highest);
        var greatest = Math.Max(equivalent, Limit(reading.LAMax, LevelHistogram.Highest));
        return new CalibratedLevels(equivalent, greatest, Limit(reading.LCPeak, HighestPeak));

        double Limit(double level, double highest) => Math.Round(Math.Clamp(level + offset, Lowest, highest), 1);
    }
}
