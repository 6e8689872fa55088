using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Models;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>A named experiment: a question, what is expected, and what to look at.</summary>
/// <param name="Name">As it is called by.</param>
/// <param name="Title">In a few words.</param>
/// <param name="Question">Ends with a question mark.</param>
/// <param name="Expectation">What theory says, before the run.</param>
/// <param name="LookAt">Where the answer is.</param>
internal sealed record Scenario(string Name, string Title, string Question, string Expectation, string LookAt)
{
    /// <summary>What each request costs, as it is written.</summary>
    public required string Work { get; init; }

    /// <summary>What is compared.</summary>
    public required IReadOnlyList<Variant> Variants { get; init; }

    public required IReadOnlyList<int> Connections { get; init; }

    public double Seconds { get; init; } = 2;

    public bool ExpectsErrors { get; init; }

    public bool IsComparison { get; init; } = true;

    public Func<IReadOnlyList<LabCell>, IReadOnlyList<LabSeries>>? Series { get; init; }

    /// <summary>The experiment, with its usual settings.</summary>
    public Experiment ToExperiment(string command) => new()
    {
        Title = Title,
        Scenario = Name,
        Question = Question,
        Expectation = Expectation,
        LookAt = LookAt,
        Work = Work,
        Variants = Variants,
        Connections = Connections,
        Seconds = Seconds,
        ExpectsErrors = ExpectsErrors,
        IsComparison = IsComparison,
        Series = Series,
        Command = command,
    };

    /// <summary>Models that do the same work.</summary>
    public static IReadOnlyList<Variant> SameWork(string work, params string[] models) =>
        [.. models.Select(m => Model(m, m, work))];

    /// <summary>A model that does this work, under a name of its own.</summary>
    public static Variant Model(string label, string model, string work, params string[] arguments) =>
        new(label, model, WorkSpec.Parse(work)) { ServeArguments = ["--work", work, .. arguments] };

    /// <summary>A line through the median of the rounds.</summary>
    /// <param name="chart">The diagram's title.</param>
    /// <param name="name">Whose line it is.</param>
    /// <param name="labels">What the axes show.</param>
    /// <param name="cells">From which.</param>
    /// <param name="x">Where a cell stands.</param>
    /// <param name="y">How high; null leaves the cell out.</param>
    public static LabSeries Line(
        string chart,
        string name,
        (string X, string Y) labels,
        IEnumerable<LabCell> cells,
        Func<LabCell, double> x,
        Func<LabCell, double?> y) =>
        new(chart, name, labels.X, labels.Y, false,
        [
            .. cells.Where(c => y(c) is not null).GroupBy(x).OrderBy(g => g.Key)
                .Select(g => new LabPoint(g.Key, Statistics.Estimate.MiddleOf([.. g.Select(c => y(c)!.Value).Order()]))),
        ]);
}
