namespace Rondo.Lab.Experiments.Results;

/// <summary>
/// Everything that an experiment has measured, predicted and concluded: what is stored as JSON, and what every report
/// is made from. Text comes from the data alone, so that a stored result gives the same report again.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
internal sealed record LabResult
{
    /// <summary>Changes when a reader of an older one could misunderstand it.</summary>
    public const string CurrentSchema = "rondo-lab/1";

    public string Schema { get; init; } = CurrentSchema;

    /// <summary>What is compared, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The name of the scenario; null for a run of the user's own.</summary>
    public string? Scenario { get; init; }

    /// <summary>What the experiment asks, in a sentence that ends with a question mark.</summary>
    public required string Question { get; init; }

    /// <summary>What was expected before the run, in words; null when only the figures were predicted.</summary>
    public string? Expectation { get; init; }

    /// <summary>What to look at, in words.</summary>
    public string? LookAt { get; init; }

    /// <summary>The command line that makes it again.</summary>
    public required string Command { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public double ElapsedSeconds { get; init; }

    /// <summary>Whether it was interrupted; it then holds what was measured until then.</summary>
    public bool IsPartial { get; init; }

    public required LabMachine Machine { get; init; }

    public required LabSettings Settings { get; init; }

    /// <summary>In the order of the run.</summary>
    public IReadOnlyList<LabCell> Cells { get; init; } = [];

    /// <summary>Per model and number of connections, in the order of the settings.</summary>
    public IReadOnlyList<LabPrediction> Predictions { get; init; } = [];

    /// <summary>The rounds of a model and a number of connections together, in the order of the settings.</summary>
    public IReadOnlyList<LabLevel> Levels { get; init; } = [];

    /// <summary>Curves through the throughput of each model, the better one chosen.</summary>
    public IReadOnlyList<LabFit> Fits { get; init; } = [];

    /// <summary>What has to be so for the figures to mean what they seem to.</summary>
    public IReadOnlyList<LabCheck> Checks { get; init; } = [];

    /// <summary>Null while there is nothing to judge.</summary>
    public LabVerdict? Verdict { get; init; }

    /// <summary>What a reader has to know besides, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Series that belong to this experiment alone, such as memory against idle connections.</summary>
    public IReadOnlyList<LabSeries> Series { get; init; } = [];
}
