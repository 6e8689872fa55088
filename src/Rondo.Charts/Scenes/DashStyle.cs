namespace Rondo.Charts.Scenes;

/// <summary>The pattern of a line. Dots mean a prediction or an ideal, never a measurement.</summary>
internal enum DashStyle
{
    Solid,
    Dashed,
    DashDotted,
    LongDashed,
    Dotted,
}
