namespace Rondo.Charts.Scenes;

/// <summary>A filled rectangle.</summary>
/// <param name="X">Left.</param>
/// <param name="Y">Top.</param>
/// <param name="Width">Not negative.</param>
/// <param name="Height">Not negative.</param>
/// <param name="Fill">Its colour.</param>
internal sealed record SceneRect(double X, double Y, double Width, double Height, ColorRole Fill) : SceneElement
{
    /// <summary>The radius of its corners.</summary>
    public double Radius { get; init; }
}
