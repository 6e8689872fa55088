namespace Rondo.Charts.Scenes;

/// <summary>How a line is drawn.</summary>
/// <param name="Role">Its colour.</param>
/// <param name="Width">Units.</param>
/// <param name="Dash">Its pattern.</param>
internal readonly record struct SceneStroke(ColorRole Role, double Width, DashStyle Dash = DashStyle.Solid);
