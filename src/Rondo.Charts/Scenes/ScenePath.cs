namespace Rondo.Charts.Scenes;

/// <summary>Points joined by straight lines; filled, drawn along, or both.</summary>
/// <param name="Points">One or more.</param>
internal sealed record ScenePath(IReadOnlyList<ScenePoint> Points) : SceneElement
{
    /// <summary>How it is drawn along; null if it is only filled.</summary>
    public SceneStroke? Stroke { get; init; }

    /// <summary>What it is filled with; null if it is only drawn along.</summary>
    public ColorRole? Fill { get; init; }
}
