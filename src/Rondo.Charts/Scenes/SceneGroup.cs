namespace Rondo.Charts.Scenes;

/// <summary>Marks that belong together.</summary>
/// <param name="Elements">The marks, in the order in which they are drawn.</param>
internal sealed record SceneGroup(IReadOnlyList<SceneElement> Elements) : SceneElement
{
    /// <summary>
    /// What the marks stand for, if they may be set off from the others: a series, the same in every chart of a page.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>How far to the right they are moved.</summary>
    public double OffsetX { get; init; }

    /// <summary>How far down they are moved.</summary>
    public double OffsetY { get; init; }
}
