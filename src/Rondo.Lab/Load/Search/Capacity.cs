namespace Rondo.Lab.Load.Search;

/// <summary>What the search found.</summary>
/// <param name="Connections">The most connections with which the limit holds; 0 if it never does.</param>
/// <param name="Throughput">The median throughput of the confirming runs there.</param>
/// <param name="IsConfirmed">Whether the limit held in the confirming runs at the answer.</param>
/// <param name="IsSaturated">Whether throughput stopped growing before the limit was missed.</param>
/// <param name="IsAtMost">Whether the limit still holds with as many connections as there may be.</param>
/// <param name="IsGeneratorBound">Whether the generator was out of processor time at the answer.</param>
/// <param name="Steps">Everything tried, in order.</param>
internal sealed record Capacity(
    int Connections, double Throughput, bool IsConfirmed, bool IsSaturated, bool IsAtMost, bool IsGeneratorBound,
    IReadOnlyList<CapacityStep> Steps);
