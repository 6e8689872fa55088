namespace Rondo.Services.Tests.Noise.Metering;

/// <summary>Sounds whose levels are known, full scale 1.</summary>
internal static class Sound
{
    /// <summary>A sine of so many samples; its level is that of a sine of this amplitude.</summary>
    public static float[] Tone(int rate, double frequency, double seconds, double amplitude = 1) =>
        Make(rate, seconds, t => amplitude * Math.Sin(2 * Math.PI * frequency * t));

    public static float[] Silence(int rate, double seconds) => new float[(int)(rate * seconds)];

    /// <summary>Every frequency alike up to half the rate, from a fixed seed.</summary>
    public static float[] WhiteNoise(int rate, double seconds, double amplitude)
    {
        var random = new Random(42);
        return Make(rate, seconds, _ => amplitude * ((2 * random.NextDouble()) - 1));
    }

    public static float[] Square(int rate, double frequency, double seconds, double amplitude) =>
        Make(rate, seconds, t => t * frequency % 1 < 0.5 ? amplitude : -amplitude);

    public static float[] Constant(int rate, double seconds, double value) => Make(rate, seconds, _ => value);

    public static float[] Plus(this float[] one, float[] other) => [.. one.Zip(other, (a, b) => a + b)];

    private static float[] Make(int rate, double seconds, Func<double, double> at) =>
        [.. Enumerable.Range(0, (int)Math.Round(rate * seconds)).Select(i => (float)at((double)i / rate))];
}
