using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Experiments.Planning;

/// <summary>Everything that is measured, decided before it begins.</summary>
internal sealed record Experiment
{
    public required string Title { get; init; }

    /// <summary>The scenario's name; null for a run of the user's own.</summary>
    public string? Scenario { get; init; }

    public required string Question { get; init; }

    /// <summary>What is expected, in words; null for the figures alone.</summary>
    public string? Expectation { get; init; }

    /// <summary>What to look at, in words.</summary>
    public string? LookAt { get; init; }

    /// <summary>What each request costs, as it was written.</summary>
    public required string Work { get; init; }

    public required IReadOnlyList<Variant> Variants { get; init; }

    /// <summary>Ascending.</summary>
    public required IReadOnlyList<int> Connections { get; init; }

    public int Rounds { get; init; } = 6;

    /// <summary>How long each cell is measured.</summary>
    public double Seconds { get; init; } = 2;

    /// <summary>How long a server is warmed up; null for as long as it takes.</summary>
    public double? WarmupSeconds { get; init; }

    public int Seed { get; init; } = 42;

    public bool IsQuick { get; init; }

    /// <summary>Whether failed requests are part of what is studied.</summary>
    public bool ExpectsErrors { get; init; }

    /// <summary>Whether it is about which one is best; otherwise no verdict is wanted.</summary>
    public bool IsComparison { get; init; } = true;

    /// <summary>Lines of diagrams of its own, made from the cells; null for none.</summary>
    public Func<IReadOnlyList<LabCell>, IReadOnlyList<LabSeries>>? Series { get; init; }

    /// <summary>The command line that makes it again.</summary>
    public required string Command { get; init; }
}
