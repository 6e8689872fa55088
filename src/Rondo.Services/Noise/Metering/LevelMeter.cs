using Rondo.Services.Noise.Levels;

namespace Rondo.Services.Noise.Metering;

/// <summary>
/// Makes levels of samples, a reading per second. Pure arithmetic without an allocation for each sample or reading; the
/// page's audio worklet does the same sums.
/// </summary>
internal sealed class LevelMeter
{
    /// <summary>
    /// Samples per second below which readings are flagged: what is above half of them is missing, and the filter is
    /// off by more than the table of IEC 61672-1 allows from 6 kHz on.
    /// </summary>
    public const int GoodSampleRate = 22_050;

    // So many samples as large as can be are taken for a sound that was larger.
    private const int ClippedInARow = 3;

    // So long nothing but zeros comes from no microphone, however quiet the room.
    private const int MutedSeconds = 2;

    private readonly MeterOptions _options;
    private readonly int _sampleRate;
    private readonly int _length;
    private readonly WeightingFilter _a;
    private readonly WeightingFilter _c;
    private WeightedPower _weighted;
    private long _start;
    private int _taken;
    private double _sum;
    private double _greatest;
    private double _peak;
    private bool _isClipped;
    private int _large;
    private long _zeros;

    /// <param name="sampleRate">Samples per second, 8,000 to 768,000.</param>
    /// <param name="options">How to measure; a Fast reading per second when null.</param>
    public LevelMeter(int sampleRate, MeterOptions? options = null)
    {
        _options = options ?? new MeterOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Length, TimeSpan.FromMilliseconds(10), nameof(options));
        _sampleRate = sampleRate;
        _length = (int)Math.Round(_options.Length.TotalSeconds * sampleRate);
        _a = new WeightingFilter(FrequencyWeighting.A, sampleRate);
        _c = new WeightingFilter(FrequencyWeighting.C, sampleRate);
        _weighted = new WeightedPower(_options.TimeWeighting, sampleRate);
    }

    /// <summary>
    /// Takes samples until a reading is whole, and leaves the rest; call it again with that. False when all were taken
    /// and none is whole.
    /// </summary>
    /// <param name="samples">One channel, full scale 1, finite numbers.</param>
    /// <param name="reading">The reading.</param>
    public bool TryTake(ref ReadOnlySpan<float> samples, out MeterReading reading)
    {
        var mine = samples[..Math.Min(samples.Length, _length - _taken)];
        samples = samples[mine.Length..];
        foreach (var sample in mine)
        {
            Take(sample);
        }

        _taken += mine.Length;
        if (_taken < _length)
        {
            reading = default;
            return false;
        }

        reading = Finish();
        return true;
    }

    /// <summary>The reading of what has been taken since the last whole one; null when that is nothing.</summary>
    public MeterReading? TakeRest() => _taken == 0 ? null : Finish();

    private void Take(double sample)
    {
        var weighted = _a.Next(sample);
        var square = weighted * weighted;
        _sum += square;
        _greatest = Math.Max(_greatest, _weighted.Next(square));
        _peak = Math.Max(_peak, Math.Abs(_c.Next(sample)));
        _zeros = sample == 0 ? _zeros + 1 : 0;
        _large = Math.Abs(sample) >= _options.ClipsAt ? _large + 1 : 0;
        _isClipped |= _large >= ClippedInARow;
    }

    private MeterReading Finish()
    {
        var reading = new MeterReading
        {
            Start = _start,
            Duration = (double)_taken / _sampleRate,
            LAeq = Decibel.OfPower(_sum / _taken),
            LAMax = Decibel.OfPower(_greatest),
            Displayed = Decibel.OfPower(_weighted.Current),
            LCPeak = Decibel.OfAmplitude(_peak),
            Flags = (_isClipped ? LevelFlags.Clipped : 0)
                | (_zeros >= (long)MutedSeconds * _sampleRate ? LevelFlags.Muted : 0)
                | (_sampleRate < GoodSampleRate ? LevelFlags.LowRate : 0),
        };
        _start += _taken;
        _taken = 0;
        (_sum, _peak, _isClipped) = (0, 0, false);
        _a.DropResidue();
        _c.DropResidue();
        _weighted.DropResidue();

        // The maximum of the next reading may be what is left of this one's sound.
        _greatest = _weighted.Current;
        return reading;
    }
}
