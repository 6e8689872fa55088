namespace Rondo.Charts.Scales;

/// <summary>Where values lie between the ends of an axis.</summary>
internal interface IScale
{
    /// <summary>The value at 0.</summary>
    double Low { get; }

    /// <summary>The value at 1; larger than <see cref="Low"/>.</summary>
    double High { get; }

    /// <summary>Whether a value has a place on this scale at all.</summary>
    bool Holds(double value);

    /// <summary>0 at the low end, 1 at the high one, beyond them for values beyond.</summary>
    double Place(double value);

    /// <summary>Values worth naming, rising, about as many as asked for, and minor ones among them.</summary>
    IReadOnlyList<Tick> Ticks(int count);
}
