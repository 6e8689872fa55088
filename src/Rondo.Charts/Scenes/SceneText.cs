namespace Rondo.Charts.Scenes;

/// <summary>One line of text.</summary>
/// <param name="At">A point of its base line; which one, its anchor says.</param>
/// <param name="Content">What it says. <see cref="LabelText.Clean"/> has seen it if it came from outside.</param>
/// <param name="Role">Its colour.</param>
/// <param name="Size">Units from the top of a tall letter to the bottom of a deep one, as CSS has it.</param>
internal sealed record SceneText(ScenePoint At, string Content, ColorRole Role, double Size) : SceneElement
{
    public TextAnchor Anchor { get; init; }

    public bool IsBold { get; init; }

    /// <summary>Whether the ground shows around the letters, so that lines below do not cross them.</summary>
    public bool HasHalo { get; init; }

    /// <summary>What follows in the muted colour and never bold.</summary>
    public string? Suffix { get; init; }
}
