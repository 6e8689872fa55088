namespace Rondo.Charts.Scenes;

/// <summary>A place in a scene.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Down.</param>
internal readonly record struct ScenePoint(double X, double Y);
