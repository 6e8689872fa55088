using Rondo.Charts.Scenes;

namespace Rondo.Charts.Plots;

/// <summary>A line across a chart of levels.</summary>
/// <param name="Value">Where.</param>
/// <param name="Text">What is written at its end.</param>
/// <param name="Role">Its colour.</param>
internal readonly record struct LevelMark(double Value, string Text, ColorRole Role);
