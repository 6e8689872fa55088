namespace Rondo.Lab.Experiments.Results;

/// <summary>A figure with the interval in which the true one lies.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
internal sealed record LabInterval(double Value, double Low, double High);
