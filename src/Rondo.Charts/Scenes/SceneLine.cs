namespace Rondo.Charts.Scenes;

/// <summary>A straight line. Horizontal and vertical ones stay crisp in every back end.</summary>
/// <param name="From">Where it starts.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Stroke">How it is drawn.</param>
internal sealed record SceneLine(ScenePoint From, ScenePoint To, SceneStroke Stroke) : SceneElement;
