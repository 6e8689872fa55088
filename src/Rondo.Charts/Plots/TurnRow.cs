namespace Rondo.Charts.Plots;

/// <summary>The turns of one loop.</summary>
/// <param name="Name">Whose; anything.</param>
/// <param name="Note">What is said of them.</param>
/// <param name="Index">Which <see cref="Scenes.SeriesStyle"/> it has.</param>
/// <param name="Turns">In any order.</param>
internal sealed record TurnRow(string Name, string Note, int Index, IReadOnlyList<LoopTurn> Turns);
