namespace Rondo.Lab.Experiments.Results;

/// <summary>What queueing theory says of a model at a number of connections, before it is measured.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Connections">How many.</param>
/// <param name="Servers">How many requests it can have at work at a time; null for as many as come.</param>
/// <param name="Capacity">Requests per second that it can reach at most; null if nothing limits it.</param>
/// <param name="Knee">The number of connections at which the capacity would be reached; null without one.</param>
/// <param name="ThroughputBound">Requests per second at most, at these connections.</param>
/// <param name="ResponseBound">Seconds at least, at these connections.</param>
/// <param name="Throughput">By exact mean value analysis; by the rate for an open load.</param>
/// <param name="Response">Seconds, by the same; null if an open load exceeds the capacity.</param>
/// <param name="WaitProbability">Open load, by M/M/c: that a request has to wait; null for a closed one.</param>
/// <param name="Wait">Open load, by M/M/c: the mean wait in seconds; null if it grows without bounds.</param>
internal sealed record LabPrediction(
    string Model,
    int Connections,
    int? Servers,
    double? Capacity,
    double? Knee,
    double ThroughputBound,
    double ResponseBound,
    double Throughput,
    double? Response,
    double? WaitProbability = null,
    double? Wait = null);
