namespace Rondo.Charts.Plots;

/// <summary>One kind of cost, from zero, of several things.</summary>
/// <param name="Title">The kind, with its unit where the figures have none.</param>
/// <param name="Format">How a value is written.</param>
/// <param name="Bars">The things.</param>
internal sealed record CostPanel(string Title, Func<double, string> Format, IReadOnlyList<CostBar> Bars);
