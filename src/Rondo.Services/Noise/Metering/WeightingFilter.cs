namespace Rondo.Services.Noise.Metering;

/// <summary>
/// A or C weighting as a digital filter, made for one sample rate by the bilinear transform of the curve's poles and
/// zeros. It falls early close to half the sample rate: at 8 kHz by 0.5 dB at 48 kHz, by 1.4 dB at 32 kHz and by 4.9 dB
/// at 22.05 kHz; below 4 kHz never by more than 0.2 dB at these. It weights what the microphone gives, and knows
/// nothing of the microphone: no class of IEC 61672-1 follows from it.
/// </summary>
internal sealed class WeightingFilter
{
    /// <summary>Samples per second below which there is nothing left to weight.</summary>
    public const int LeastSampleRate = 8000;

    /// <summary>Samples per second that no recorder exceeds.</summary>
    public const int MostSampleRate = 768_000;

    private readonly Biquad[] _sections;
    private readonly int _sampleRate;
    private bool _hasBegun;

    public WeightingFilter(FrequencyWeighting weighting, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, LeastSampleRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, MostSampleRate);
        _sampleRate = sampleRate;
        var scale = WeightingCurve.Scale(weighting);
        _sections = weighting is FrequencyWeighting.A
            ?
            [
                LowPass(ref scale, WeightingCurve.High),
                HighPass(ref scale, WeightingCurve.LowerMiddle, WeightingCurve.UpperMiddle),
                HighPass(ref scale, WeightingCurve.Low, WeightingCurve.Low),
            ]
            : [LowPass(ref scale, WeightingCurve.High), HighPass(ref scale, WeightingCurve.Low, WeightingCurve.Low)];
        ref var first = ref _sections[0];
        first = new Biquad(first.B0 * scale, first.B1 * scale, first.B2 * scale, first.A1, first.A2);
    }

    /// <summary>The sections in their order, for a look at their coefficients.</summary>
    public IReadOnlyList<Biquad> Sections => _sections;

    public double Next(double sample)
    {
        if (!_hasBegun)
        {
            // A microphone with a constant offset had it before the measurement began: its step is no sound.
            _hasBegun = true;
            return Settle(sample);
        }

        foreach (ref var section in _sections.AsSpan())
        {
            sample = section.Next(sample);
        }

        return sample;
    }

    /// <inheritdoc cref="Biquad.DropResidue"/>
    public void DropResidue()
    {
        foreach (ref var section in _sections.AsSpan())
        {
            section.DropResidue();
        }
    }

    /// <summary>What the filter really does at a frequency in Hz, in dB.</summary>
    public double Response(double frequency)
    {
        var angle = 2 * Math.PI * frequency / _sampleRate;
        return Decibel.OfAmplitude(_sections.Aggregate(1.0, (gain, s) => gain * s.Response(angle).Magnitude));
    }

    private double Settle(double sample)
    {
        foreach (ref var section in _sections.AsSpan())
        {
            sample = section.Settle(sample);
        }

        return sample;
    }

    // (s + w)^-2 with s = 2 fs (1 - z^-1) / (1 + z^-1), 1 at 0 Hz.
    private Biquad LowPass(ref double scale, double frequency)
    {
        var (k, w) = (2.0 * _sampleRate, 2 * Math.PI * frequency);
        var a0 = (k + w) * (k + w);
        scale *= w * w / a0;
        return new Biquad(1, 2, 1, 2 * ((w * w) - (k * k)) / a0, (k - w) * (k - w) / a0);
    }

    // s^2 / ((s + p) (s + q)), 1 at infinity.
    private Biquad HighPass(ref double scale, double first, double second)
    {
        var (k, p, q) = (2.0 * _sampleRate, 2 * Math.PI * first, 2 * Math.PI * second);
        var a0 = (k + p) * (k + q);
        scale *= k * k / a0;
        return new Biquad(1, -2, 1, 2 * ((p * q) - (k * k)) / a0, (k - p) * (k - q) / a0);
    }
}
