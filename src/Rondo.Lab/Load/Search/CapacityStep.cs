namespace Rondo.Lab.Load.Search;

/// <summary>One load that the search tried.</summary>
/// <param name="Connections">How many, closed.</param>
/// <param name="Throughput">Completed requests per second.</param>
/// <param name="Value">The percentile of the limit, in seconds.</param>
/// <param name="Meets">Whether the limit holds.</param>
/// <param name="BusiestThread">The generator's busiest thread, as a share of a processor.</param>
internal sealed record CapacityStep(
    int Connections, double Throughput, double Value, bool Meets, double BusiestThread);
