using System.Numerics;

namespace Rondo.Services.Noise.Metering;

/// <summary>
/// A digital filter of second order, in double precision; a level of 0 dB and one of -100 dB pass it alike. Mutable:
/// keep it in a field or an array, never in a readonly one.
/// </summary>
internal struct Biquad(double b0, double b1, double b2, double a1, double a2)
{
    // Transposed form II: two states, and the least rounding where poles are close to 1, as those at 20 Hz are.
    private double _first;
    private double _second;

    public readonly double B0 => b0;

    public readonly double B1 => b1;

    public readonly double B2 => b2;

    public readonly double A1 => a1;

    public readonly double A2 => a2;

    public double Next(double input)
    {
        var output = (b0 * input) + _first;
        _first = (b1 * input) - (a1 * output) + _second;
        _second = (b2 * input) - (a2 * output);
        return output;
    }

    /// <summary>
    /// Takes the state as though the input had been this one for ever. Returns the output that belongs to it.
    /// </summary>
    public double Settle(double input)
    {
        var output = input * (b0 + b1 + b2) / (1 + a1 + a2);
        _second = (b2 * input) - (a2 * output);
        _first = (b1 * input) - (a1 * output) + _second;
        return output;
    }

    /// <summary>
    /// Forgets what no level can show any more: after silence the state would otherwise shrink to numbers that the
    /// processor adds a hundred times as slowly.
    /// </summary>
    public void DropResidue()
    {
        const double least = 1e-60;
        _first = Math.Abs(_first) < least ? 0 : _first;
        _second = Math.Abs(_second) < least ? 0 : _second;
    }

    /// <summary>The response at an angle of 2π f / fs.</summary>
    public readonly Complex Response(double angle)
    {
        var delay = Complex.FromPolarCoordinates(1, -angle);
        return (b0 + (delay * (b1 + (delay * b2)))) / (1 + (delay * (a1 + (delay * a2))));
    }
}
