namespace Rondo.Charts.Plots;

/// <summary>A measured point with the interval it is sure to.</summary>
/// <param name="X">Along the axis.</param>
/// <param name="Y">The value.</param>
/// <param name="Low">The interval's lower end; null without an interval.</param>
/// <param name="High">The interval's upper end; null without an interval.</param>
internal readonly record struct LinePoint(double X, double Y, double? Low = null, double? High = null);
