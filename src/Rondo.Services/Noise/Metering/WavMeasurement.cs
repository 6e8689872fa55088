using System.Runtime.CompilerServices;

namespace Rondo.Services.Noise.Metering;

/// <summary>From a recording to its readings, in the memory of one block.</summary>
internal static class WavMeasurement
{
    private const int Block = 16_384;

    /// <summary>A reading per second of the sound, and one of what is left at its end.</summary>
    /// <exception cref="WavException">A sample is not a number.</exception>
    public static async IAsyncEnumerable<MeterReading> MeasureAsync(
        this WavReader sound, MeterOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var meter = new LevelMeter(sound.Format.SampleRate, options with { ClipsAt = sound.Format.ClipsAt });
        var samples = new float[Block];
        while (await sound.ReadAsync(samples, cancellation) is > 0 and var count)
        {
            for (var at = 0; at < count;)
            {
                ReadOnlySpan<float> rest = samples.AsSpan(at, count - at);
                var isWhole = meter.TryTake(ref rest, out var reading);
                at = count - rest.Length;
                if (isWhole)
                {
                    yield return reading;
                }
            }
        }

        if (meter.TakeRest() is { } last)
        {
            yield return last;
        }
    }
}
