namespace Rondo.Charts.Scenes;

/// <summary>A mark, or several.</summary>
internal abstract record SceneElement
{
    /// <summary>What it says when it is pointed at, if it says anything.</summary>
    public string? Tooltip { get; init; }
}
