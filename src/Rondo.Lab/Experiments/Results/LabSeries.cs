namespace Rondo.Lab.Experiments.Results;

/// <summary>A line of a diagram that only one experiment has.</summary>
/// <param name="Chart">The diagram's title; series with the same title share it.</param>
/// <param name="Name">Whose line it is.</param>
/// <param name="XLabel">What the first numbers are, with their unit.</param>
/// <param name="YLabel">What the second numbers are, with their unit.</param>
/// <param name="IsPredicted">Whether it is theory instead of measurement.</param>
/// <param name="Points">In order of x.</param>
internal sealed record LabSeries(
    string Chart, string Name, string XLabel, string YLabel, bool IsPredicted, IReadOnlyList<LabPoint> Points);

/// <summary>A point of a series.</summary>
internal sealed record LabPoint(double X, double Y);
