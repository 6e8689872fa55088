namespace Rondo.Services.Noise.Levels;

/// <summary>
/// Sound energy over time: levels are summed as energies, never as decibels. 60 dB and 80 dB, as long as each other,
/// are 77.03 dB.
/// </summary>
/// <param name="Energy">The sum of 10^(level/10) times seconds.</param>
/// <param name="Seconds">How long that was.</param>
internal readonly record struct EnergySum(double Energy, double Seconds)
{
    /// <summary>The equivalent continuous level in dB; null of no time at all.</summary>
    public double? Leq => Seconds > 0 ? LevelOf(Energy / Seconds) : null;

    public static EnergySum Of(double level, double seconds) => new(EnergyOf(level) * seconds, seconds);

    public static double EnergyOf(double level) => Math.Pow(10, level / 10);

    public static double LevelOf(double energy) => 10 * Math.Log10(energy);

    public static EnergySum operator +(EnergySum one, EnergySum other) =>
        new(one.Energy + other.Energy, one.Seconds + other.Seconds);
}
