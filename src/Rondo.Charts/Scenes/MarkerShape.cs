namespace Rondo.Charts.Scenes;

/// <summary>The form of a marker: a series is told by it where its colour cannot be seen.</summary>
internal enum MarkerShape
{
    Circle,
    Square,
    Triangle,
    Cross,
    Diamond,
    TriangleDown,
    Plus,
    Bar,

    /// <summary>A circle that leaves its middle free: something is said of the point inside.</summary>
    Ring,
}
