namespace Rondo.Lab.Experiments.Planning;

/// <summary>What <c>rondo lab run</c> was asked for, as it was written.</summary>
internal sealed record LabOptions
{
    /// <summary>The scenario's name; null for one of the user's own.</summary>
    public string? Scenario { get; init; }

    public string? Work { get; init; }

    public string? Models { get; init; }

    public string? Connections { get; init; }

    public int? Rounds { get; init; }

    public string? Duration { get; init; }

    public string? Warmup { get; init; }

    public int? Seed { get; init; }

    /// <summary>Requests per second, or shares of what each model can serve.</summary>
    public string? Rate { get; init; }

    /// <summary>Which processors the generator and the servers have; null for the usual ones.</summary>
    public string? Pin { get; init; }

    /// <summary>What to look for instead of measuring all: <c>capacity</c>.</summary>
    public string? Find { get; init; }

    /// <summary>The latency that must hold there.</summary>
    public string? Slo { get; init; }

    public bool Quick { get; init; }

    /// <summary>The command line, for the report.</summary>
    public string Command { get; init; } = "rondo lab run";
}
