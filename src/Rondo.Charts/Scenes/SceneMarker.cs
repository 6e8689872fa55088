namespace Rondo.Charts.Scenes;

/// <summary>A symbol on a point of a series.</summary>
/// <param name="At">Its middle.</param>
/// <param name="Shape">Its form.</param>
/// <param name="Radius">From the middle to the outline.</param>
/// <param name="Role">Its colour.</param>
internal sealed record SceneMarker(ScenePoint At, MarkerShape Shape, double Radius, ColorRole Role) : SceneElement;
