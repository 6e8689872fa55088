using System.Globalization;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Experiments.Scenarios;

/// <summary>
/// An open load of several shares of what each model can serve: <c>--rate 10%..120%</c>. How long requests wait as the
/// server fills up, and what is left of it beyond.
/// </summary>
internal static class RateSweep
{
    private const double MostPercent = 200;
    private const double StepPercent = 10;
    private const int MostVariants = 100;

    /// <summary>Whether a rate is one of shares.</summary>
    public static bool Is(string? rate) => rate?.Contains('%', StringComparison.Ordinal) is true;

    /// <summary>The experiment.</summary>
    /// <exception cref="ExperimentException">The options do not make one.</exception>
    public static Experiment Plan(LabOptions options)
    {
        var shares = Shares(options.Rate!);
        var connections = options.Connections
            ?? LabPlanning.DefaultOpenConnections.ToString(CultureInfo.InvariantCulture);
        var plan = LabPlanning.Plan(options with { Rate = null, Connections = connections });
        LabPlanning.Require(
            plan.Connections.Count == 1, "--connections: with --rate in percent, one number, that of the beginning");
        LabPlanning.Require(
            plan.Variants.Count * shares.Count <= MostVariants,
            $"--rate: {plan.Variants.Count} models at {shares.Count} rates are too many, {MostVariants} cells is the limit");
        return plan with
        {
            Question = $"How long do requests for {plan.Title} take as each model is asked for more of what it can serve?",
            Variants =
            [
                .. plan.Variants.SelectMany(v => shares.Select(
                    percent => v with { Label = Label(v.Label, percent), Share = percent / 100 })),
            ],
            ExpectsErrors = shares[^1] >= 100,
            IsComparison = false,
            Series = Curves,
        };
    }

    private static string Label(string model, double percent) =>
        string.Create(CultureInfo.InvariantCulture, $"{model} {percent:0.#} %");

    // A list, or a range in steps of ten points.
    private static List<double> Shares(string text)
    {
        var found = new SortedSet<double>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split("..");
            LabPlanning.Require(ends.Length <= 2, Mistake(text));
            var (from, to) = (Percent(ends[0], text), Percent(ends[^1], text));
            LabPlanning.Require(from <= to, Mistake(text));
            for (var percent = from; percent < to; percent += StepPercent)
            {
                found.Add(percent);
            }

            found.Add(to);
        }

        return [.. found];
    }

    private static double Percent(string text, string whole)
    {
        var trimmed = text.Trim();
        LabPlanning.Require(
            trimmed.EndsWith('%')
                & double.TryParse(
                    trimmed.TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
                && percent is >= 1 and <= MostPercent,
            Mistake(whole));
        return percent;
    }

    private static string Mistake(string text) =>
        $"--rate: '{text}' is neither a rate such as 500, nor shares of the capacity such as 50%,90% or 10%..120%";

    private static IReadOnlyList<LabSeries> Curves(IReadOnlyList<LabCell> cells)
    {
        var models = cells.GroupBy(c => Split(c.Model).Model).ToList();
        return
        [
            .. models.Select(m => Scenario.Line(
                "Response time, p99", m.Key, ("% of capacity", "ms"), m, Share, c => c.Latency?.P99 / 1e6)),
            .. models.Select(m => Scenario.Line(
                "Answered", m.Key, ("% of capacity", "requests/s"), m, Share, c => c.Counts is null ? null : c.Throughput)),
        ];
    }

    private static double Share(LabCell cell) => Split(cell.Model).Percent;

    private static (string Model, double Percent) Split(string label)
    {
        var words = label.Split(' ');
        return (words[0], double.Parse(words[1], CultureInfo.InvariantCulture));
    }
}
