namespace Rondo.Services.Noise.Metering;

/// <summary>The mean square over the near past, each moment counting less the longer it is ago. Mutable.</summary>
internal struct WeightedPower(TimeWeighting weighting, int sampleRate)
{
    private readonly double _share = 1 - Math.Exp(
        -1 / (sampleRate * (weighting is TimeWeighting.Fast ? 0.125 : 1.0)));

    /// <summary>What one sample counts: 1 - exp(-1 / (fs τ)).</summary>
    public readonly double Share => _share;

    public double Current { get; private set; }

    public double Next(double square) => Current += _share * (square - Current);

    /// <inheritdoc cref="Biquad.DropResidue"/>
    public void DropResidue() => Current = Current < 1e-60 ? 0 : Current;
}
