namespace Rondo.Charts.Plots;

/// <summary>What one thing costs.</summary>
/// <param name="Name">The thing; anything.</param>
/// <param name="Index">Which <see cref="Scenes.SeriesStyle"/> it has.</param>
/// <param name="Value">Not negative; anything else is shown as not available.</param>
internal readonly record struct CostBar(string Name, int Index, double Value);
