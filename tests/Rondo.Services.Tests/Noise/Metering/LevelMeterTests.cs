using Rondo.Services.Noise.Levels;
using Rondo.Services.Noise.Metering;

namespace Rondo.Services.Tests.Noise.Metering;

public sealed class LevelMeterTests
{
    private const int Rate = 48_000;

    [Theory]
    [InlineData(1.0, -3.01)]
    [InlineData(0.5, -9.03)]
    [InlineData(0.001, -63.01)]
    public void LAeq_OneKilohertz_IsItsLevelBelowFullScale(double amplitude, double expected)
    {
        var reading = Measure(Sound.Tone(Rate, 1000, 2, amplitude))[1];

        Assert.Equal(expected, reading.LAeq, 0.01);
        Assert.Equal(expected, reading.LAMax, 0.02);
        Assert.Equal(expected + 3.01, reading.LCPeak, 0.02);
        Assert.Equal(1, reading.Duration);
    }

    /// <summary>A calibrator of 94 dB that reads -26 dB makes an offset of 120, and full scale 117 dB.</summary>
    [Fact]
    public void LAeq_OfACalibrator_GivesTheOffset()
    {
        var measured = Measure(Sound.Tone(Rate, 1000, 2, Math.Sqrt(2) * Math.Pow(10, -26 / 20.0)))[1].LAeq;

        Assert.Equal(-26.0, measured, 0.01);
        Assert.Equal(120, Calibration.FromReference(94, measured)!.Value, 0.01);
        Assert.Equal(110.97, 120 + Measure(Sound.Tone(Rate, 1000, 2, 0.5))[1].LAeq, 0.005);
    }

    /// <summary>More than the curve takes away, which is 2.72 dB: the filter falls too early above 8 kHz.</summary>
    [Fact]
    public void LAeq_WhiteNoise_IsLowerThanUnweightedByThis()
    {
        var noise = Sound.WhiteNoise(Rate, 4, 0.5);

        var weighted = Decibel.OfPower(Measure(noise).Average(r => Decibel.ToPower(r.LAeq)));

        Assert.Equal(-3.60, weighted - Decibel.OfPower(noise.Average(x => (double)x * x)), 0.05);
    }

    [Fact]
    public void LAeq_TwoTones_AddsTheirWeightedPower()
    {
        var one = Measure(Sound.Tone(Rate, 1000, 3, 0.3))[2].LAeq;
        var both = Measure(Sound.Tone(Rate, 1000, 3, 0.3).Plus(Sound.Tone(Rate, 100, 3, 0.3)))[2].LAeq;

        Assert.Equal(0.053, both - one, 0.002);
    }

    /// <summary>Not from the first second on either: the offset was there before the measurement began.</summary>
    [Fact]
    public void LAeq_ConstantOffset_IsNothing()
    {
        var readings = Measure(Sound.Constant(Rate, 2, 0.5));

        Assert.All(readings, r => Assert.InRange(r.LAeq, double.NegativeInfinity, -200));
        Assert.All(readings, r => Assert.InRange(r.LCPeak, double.NegativeInfinity, -200));
        Assert.Equal(-23.0, Measure(Sound.Constant(Rate, 2, 0.5).Plus(Sound.Tone(Rate, 1000, 2, 0.1)))[1].LAeq, 0.02);
    }

    /// <summary>
    /// The bursts of the standard: 4 kHz for so long, and how far the maximum stays below the steady tone.
    /// </summary>
    [Theory]
    [InlineData(false, 1000, 0.0)]
    [InlineData(false, 500, -0.1)]
    [InlineData(false, 200, -1.0)]
    [InlineData(false, 100, -2.6)]
    [InlineData(false, 50, -4.8)]
    [InlineData(false, 20, -8.3)]
    [InlineData(false, 10, -11.1)]
    [InlineData(false, 5, -14.1)]
    [InlineData(false, 2, -18.0)]
    [InlineData(false, 1, -21.0)]
    [InlineData(true, 1000, -2.0)]
    [InlineData(true, 500, -4.1)]
    [InlineData(true, 200, -7.4)]
    [InlineData(true, 100, -10.2)]
    [InlineData(true, 50, -13.1)]
    [InlineData(true, 20, -17.0)]
    public void LAMax_ToneBurst_IsTheReferenceResponse(bool isSlow, int milliseconds, double expected)
    {
        var options = new MeterOptions { TimeWeighting = isSlow ? TimeWeighting.Slow : TimeWeighting.Fast };
        var steady = Measure(Sound.Tone(Rate, 4000, 8, 0.5), Rate, options)[7].LAMax;

        var burst = Sound.Silence(Rate, 0.5)
            .Concat(Sound.Tone(Rate, 4000, milliseconds / 1000.0, 0.5)).Concat(Sound.Silence(Rate, 1)).ToArray();
        var greatest = Measure(burst, Rate, options).Max(r => r.LAMax);

        Assert.Equal(expected, greatest - steady, 0.1);
    }

    [Theory]
    [InlineData(false, 34.7)]
    [InlineData(true, 4.34)]
    public void Displayed_AfterTheSoundStops_FallsAsItsTimeConstantSays(bool isSlow, double perSecond)
    {
        var options = new MeterOptions
        {
            TimeWeighting = isSlow ? TimeWeighting.Slow : TimeWeighting.Fast,
            Length = TimeSpan.FromMilliseconds(500),
        };

        var levels = Measure([.. Sound.Tone(Rate, 1000, 5, 0.5), .. Sound.Silence(Rate, 2)], Rate, options);

        Assert.Equal(perSecond, (levels[11].Displayed - levels[12].Displayed) * 2, 0.05);
    }

    /// <summary>From 40 to 80 dB.</summary>
    [Theory]
    [InlineData(false, 125, 78.0)]
    [InlineData(false, 250, 79.4)]
    [InlineData(true, 1000, 78.0)]
    public void Displayed_AfterAStep_HasRisenAsItsTimeConstantSays(bool isSlow, int milliseconds, double expected)
    {
        var options = new MeterOptions
        {
            TimeWeighting = isSlow ? TimeWeighting.Slow : TimeWeighting.Fast,
            Length = TimeSpan.FromMilliseconds(milliseconds),
        };
        const double loud = 0.1;
        var settled = 8.0 - (8.0 % options.Length.TotalSeconds);

        var readings = Measure(
            [.. Sound.Tone(Rate, 1000, settled, loud / 100), .. Sound.Tone(Rate, 1000, 1, loud)], Rate, options);

        var full = Decibel.OfPower(loud * loud / 2);
        var next = readings[(int)Math.Round(settled / options.Length.TotalSeconds)];
        Assert.Equal(expected, 80 + next.Displayed - full, 0.05);
    }

    [Fact]
    public void Share_Of48Kilohertz_IsTheComputedOne()
    {
        Assert.Equal(1.66653e-4, new WeightedPower(TimeWeighting.Fast, Rate).Share, 1e-9);
        Assert.Equal(2.08331e-5, new WeightedPower(TimeWeighting.Slow, Rate).Share, 1e-10);
    }

    [Fact]
    public void Flags_ClippedMutedAndSlowlySampled_AreTold()
    {
        Assert.Equal(LevelFlags.None, Measure(Sound.Tone(Rate, 1000, 1, 0.99))[0].Flags);
        Assert.Equal(LevelFlags.Clipped, Measure(Sound.Square(Rate, 100, 1, 1))[0].Flags);
        Assert.Equal(LevelFlags.LowRate, Measure(Sound.Tone(16_000, 1000, 1, 0.5), 16_000)[0].Flags);
        Assert.Equal(
            [LevelFlags.None, LevelFlags.Muted, LevelFlags.Muted],
            Measure(Sound.Silence(Rate, 3)).Select(r => r.Flags));
        Assert.Equal(double.NegativeInfinity, Measure(Sound.Silence(Rate, 1))[0].LAeq);
    }

    [Fact]
    public void Flags_TwoLargeSamplesInARow_AreASoundThatJustFits()
    {
        var samples = Sound.Silence(Rate, 1);
        (samples[100], samples[101]) = (1, 1);

        Assert.Equal(LevelFlags.None, Measure(samples)[0].Flags);

        samples[102] = -1;
        Assert.Equal(LevelFlags.Clipped, Measure(samples)[0].Flags);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(128)]
    [InlineData(7919)]
    public void Readings_AnyCutOfTheSamples_AreTheSame(int block)
    {
        var sound = Sound.WhiteNoise(Rate, 2.5, 0.3);
        var expected = Measure(sound);
        var meter = new LevelMeter(Rate);
        var actual = new List<MeterReading>();
        for (var at = 0; at < sound.Length; at += block)
        {
            ReadOnlySpan<float> part = sound.AsSpan(at, Math.Min(block, sound.Length - at));
            while (meter.TryTake(ref part, out var reading))
            {
                actual.Add(reading);
            }
        }

        actual.Add(meter.TakeRest()!.Value);
        Assert.Equal(expected, actual);
        Assert.Equal([0, 48_000, 96_000], actual.Select(r => r.Start));
        Assert.Equal([1, 1, 0.5], actual.Select(r => r.Duration));
        Assert.Null(meter.TakeRest());
    }

    private static List<MeterReading> Measure(float[] sound, int rate = Rate, MeterOptions? options = null)
    {
        var meter = new LevelMeter(rate, options);
        var readings = new List<MeterReading>();
        ReadOnlySpan<float> rest = sound;
        while (meter.TryTake(ref rest, out var reading))
        {
            readings.Add(reading);
        }

        if (meter.TakeRest() is { } last)
        {
            readings.Add(last);
        }

        return readings;
    }
}
