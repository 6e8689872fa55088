namespace Rondo.Charts.Plots;

/// <summary>How an axis spreads its values.</summary>
internal enum AxisKind
{
    Linear,
    Log,
    Percentile,
}
