namespace Rondo.Charts.Scenes;

/// <summary>
/// A picture as marks with semantic colours: what every back end draws. Coordinates are in units of a pixel at scale 1,
/// from the top left corner.
/// </summary>
/// <param name="Width">Units.</param>
/// <param name="Height">Units.</param>
/// <param name="Title">What it is, for who cannot see it and for the file that stands alone.</param>
/// <param name="Description">What it shows, in a sentence or two.</param>
/// <param name="Elements">The marks, in the order in which they are drawn.</param>
internal sealed record Scene(
    double Width, double Height, string Title, string Description, IReadOnlyList<SceneElement> Elements);
