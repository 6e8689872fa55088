namespace Rondo.Lab.Experiments.Results;

/// <summary>One measurement: a model at a number of connections in one round.</summary>
internal sealed record LabCell
{
    public required string Model { get; init; }

    public required int Connections { get; init; }

    /// <summary>How many of them ask, if the others only stay connected; null for all.</summary>
    public int? LoadConnections { get; init; }

    /// <summary>From 1.</summary>
    public required int Round { get; init; }

    /// <summary>How often this round of the model was measured, because it was noisy before; 1 if at once.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>When the measurement began, in seconds since the experiment did.</summary>
    public double StartSecond { get; init; }

    public double ElapsedSeconds { get; init; }

    /// <summary>How much of its beginning was not counted.</summary>
    public double WarmupSeconds { get; init; }

    /// <summary>
    /// Whether it was too short for its throughput to mean anything: not every connection has completed a request.
    /// </summary>
    public bool IsTooShort { get; init; }

    /// <summary>Null if it was only predicted, because a pass takes longer than the measurement.</summary>
    public LabCounts? Counts { get; init; }

    /// <summary>Completed requests per second.</summary>
    public double Throughput { get; init; }

    /// <summary>
    /// Service time of a closed load, response time from when a request was due of an open one.
    /// </summary>
    public LabLatency? Latency { get; init; }

    /// <summary>What the cheapest request took meanwhile, for experiments that ask; from when it was due.</summary>
    public LabLatency? Probe { get; init; }

    /// <summary>By Little's law: throughput times time in the system; what a closed load's connections should be.</summary>
    public double BusyConnections { get; init; }

    public LabCosts? Costs { get; init; }

    /// <summary>What clients saw, second by second.</summary>
    public IReadOnlyList<LabSecond> Seconds { get; init; } = [];

    /// <summary>What the server was at, second by second.</summary>
    public IReadOnlyList<LabServerSecond> ServerSeconds { get; init; } = [];

    /// <summary>Requests per second in each tenth of a second, warm-up included.</summary>
    public IReadOnlyList<double> Rates { get; init; } = [];

    public LabGenerator? Generator { get; init; }

    public LabNoise? Noise { get; init; }

    /// <summary>The first thing that went wrong, in words.</summary>
    public string? FirstProblem { get; init; }
}
