namespace Rondo.Lab.Experiments.Results;

/// <summary>What the data says, or that it says nothing.</summary>
/// <param name="Kind">One of the constants of this type.</param>
/// <param name="Models">Those that it names: the winner alone, or those that cannot be told apart.</param>
/// <param name="Connections">The number of connections at which they were compared.</param>
/// <param name="Text">The answer, in a sentence.</param>
/// <param name="Ratios">Each model's throughput over that of the best.</param>
internal sealed record LabVerdict(
    string Kind, IReadOnlyList<string> Models, int Connections, string Text, IReadOnlyList<LabRatio> Ratios)
{
    /// <summary>One model is as good as the best, and cheaper than the others that are.</summary>
    public const string Winner = "winner";

    /// <summary>Several are equally good, and equally cheap.</summary>
    public const string NoDifference = "no-difference";

    /// <summary>There were fewer rounds than a decision needs.</summary>
    public const string TooFewRounds = "too-few-rounds";

    /// <summary>A check has failed.</summary>
    public const string NotMeasurable = "not-measurable";

    /// <summary>There was one model, or none that completed requests.</summary>
    public const string NothingToCompare = "nothing-to-compare";
}

/// <summary>How a model's throughput compares with that of another, round by round.</summary>
/// <param name="Model">The one above the line.</param>
/// <param name="To">The one below.</param>
/// <param name="Ratio">Hodges and Lehmann's estimate from paired rounds, with a bootstrap interval.</param>
/// <param name="PValue">Of Wilcoxon's signed-rank test, two-sided.</param>
internal sealed record LabRatio(string Model, string To, LabInterval Ratio, double PValue);
