namespace Rondo.Lab.Experiments.Results;

/// <summary>What was asked for; with the same settings another run measures the same.</summary>
/// <param name="Work">What each request costs, as it was written: <c>io:50ms</c>.</param>
/// <param name="Models">In the order of the comparison.</param>
/// <param name="Connections">Ascending.</param>
/// <param name="Rounds">How often each cell was measured.</param>
/// <param name="DurationSeconds">Of each measurement.</param>
/// <param name="WarmupSeconds">Before each measurement; null where it was found out.</param>
/// <param name="Seed">Of the order, of random arrivals and of the bootstrap.</param>
/// <param name="Rate">Requests per second of an open load; null for a closed one, or for one with several rates.</param>
/// <param name="IsQuick">Whether it was to be quick, and no verdict was wanted.</param>
/// <param name="SmallestDifference">Below this share two models count as equal.</param>
/// <param name="ExpectsErrors">Whether failed requests are part of what is studied.</param>
/// <param name="IsComparison">Whether it is about which one is best; otherwise no verdict is wanted.</param>
/// <param name="IsOpen">Whether requests came whether or not earlier ones were answered.</param>
internal sealed record LabSettings(
    string Work,
    IReadOnlyList<string> Models,
    IReadOnlyList<int> Connections,
    int Rounds,
    double DurationSeconds,
    double? WarmupSeconds,
    int Seed,
    double? Rate,
    bool IsQuick,
    double SmallestDifference,
    bool ExpectsErrors = false,
    bool IsComparison = true,
    bool IsOpen = false);
