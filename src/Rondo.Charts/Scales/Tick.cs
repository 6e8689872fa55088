namespace Rondo.Charts.Scales;

/// <summary>A value that an axis names or marks.</summary>
/// <param name="Value">The value.</param>
/// <param name="IsMinor">Whether it has a thinner line and no name.</param>
internal readonly record struct Tick(double Value, bool IsMinor = false);
