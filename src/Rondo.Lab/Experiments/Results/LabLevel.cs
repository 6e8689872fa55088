namespace Rondo.Lab.Experiments.Results;

/// <summary>
/// All rounds of a model at a number of connections: medians, each with the lowest and the highest round that the
/// interval of its rank takes in. Latencies are nanoseconds.
/// </summary>
/// <param name="Model">Its name.</param>
/// <param name="Connections">How many.</param>
/// <param name="Rounds">How many rounds were good for it; 0 if it is predicted only.</param>
/// <param name="Coverage">How probable it is that such an interval holds the true median, 0 to 1.</param>
/// <param name="Throughput">Completed requests per second.</param>
/// <param name="Mean">The mean latency.</param>
/// <param name="P50">Of the latency.</param>
/// <param name="P90">Of the latency.</param>
/// <param name="P99">Of the latency.</param>
/// <param name="P999">Of the latency; null if it rests on too few samples.</param>
/// <param name="Costs">The median of each cost.</param>
/// <param name="Failed">Failed requests in all rounds together.</param>
/// <param name="Difference">Measured throughput over predicted; 1 is as predicted.</param>
internal sealed record LabLevel(
    string Model,
    int Connections,
    int Rounds,
    double Coverage,
    LabInterval? Throughput,
    LabInterval? Mean,
    LabInterval? P50,
    LabInterval? P90,
    LabInterval? P99,
    LabInterval? P999,
    LabCosts? Costs,
    long Failed,
    LabInterval? Difference);
