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

    public double? Rate { get; init; }

    public bool Quick { get; init; }

    /// <summary>The command line, for the report.</summary>
    public string Command { get; init; } = "rondo lab run";
}
