using System.Globalization;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Statistics;

namespace Rondo.Lab.Experiments.Judging;

/// <summary>
/// The verdict: of the models that are as fast as the fastest, the one that needs the least memory, then the least
/// processor time. A difference counts if it is larger than what the machine shows of itself and no chance of the
/// rounds, by the signed-rank test of their pairs.
/// </summary>
internal static class Judgement
{
    public const int FewestRounds = 6;

    private const double Significant = 0.05;

    public static LabVerdict? Of(
        LabResult result, IReadOnlyList<LabLevel> levels, IReadOnlyList<LabCheck> checks)
    {
        var connections = levels.Where(l => l.Rounds > 0).Select(l => l.Connections).DefaultIfEmpty().Max();
        var measured = levels.Where(l => l.Connections == connections && l is { Rounds: > 0, Throughput.Value: > 0 })
            .OrderByDescending(l => l.Throughput!.Value).ToList();
        if (!result.Settings.IsComparison)
        {
            return new LabVerdict(
                LabVerdict.NothingToCompare, [], connections, "This experiment is no contest: see what it shows.", []);
        }

        if (measured.Count < 2)
        {
            return new LabVerdict(
                LabVerdict.NothingToCompare, [], connections, "There is only one model to judge.", []);
        }

        var rounds = Rounds(result, measured, connections);
        var ratios = measured.Skip(1).Where(_ => rounds.Count > 0)
            .Select(l => Ratio(result, l.Model, measured[0].Model, connections, rounds, c => c.Throughput)).ToList();
        if (checks.Where(c => !c.Pass).Select(c => c.Code).ToList() is { Count: > 0 } failed)
        {
            return new LabVerdict(
                LabVerdict.NotMeasurable,
                [],
                connections,
                $"No winner is named, because the figures may not be the servers': {string.Join(", ", failed)}.",
                ratios);
        }

        if (result.Settings.IsQuick || result.IsPartial || rounds.Count < FewestRounds)
        {
            return new LabVerdict(
                LabVerdict.TooFewRounds,
                [],
                connections,
                $"Too few rounds to decide: {rounds.Count} of {FewestRounds}.",
                ratios);
        }

        return Decide(result, measured, connections, rounds, ratios);
    }

    private static LabVerdict Decide(
        LabResult result, List<LabLevel> measured, int connections, List<int> rounds, List<LabRatio> ratios)
    {
        var tolerance = result.Settings.SmallestDifference;
        var best = measured[0].Model;
        var fast = ratios.Where(r => r.Ratio.Value >= 1 - tolerance || r.PValue > Significant)
            .Select(r => r.Model).Prepend(best).ToList();
        if (fast.Count == 1)
        {
            return Verdict(LabVerdict.Winner, fast, Text($"{best} serves the most, {Lead(ratios)}."));
        }

        var light = Cheapest(fast, c => c.Costs?.ResidentBytes);
        if (light.Count == 1)
        {
            return Verdict(
                LabVerdict.Winner, light, $"{light[0]} needs the least memory of those that serve the most ({Join(fast)}).");
        }

        var frugal = Cheapest(light, c => c.Costs?.CpuMicrosecondsPerRequest);
        return frugal.Count == 1
            ? Verdict(
                LabVerdict.Winner,
                frugal,
                $"{frugal[0]} needs the least processor time of those that serve the most with the least memory "
                    + $"({Join(light)}).")
            : Verdict(LabVerdict.NoDifference, frugal, $"No difference shown between {Join(frugal)}.");

        LabVerdict Verdict(string kind, IReadOnlyList<string> models, string text) =>
            new(kind, models, connections, $"At {connections} connections: {text}", ratios);

        List<string> Cheapest(List<string> among, Func<LabCell, double?> cost)
        {
            if (among.Any(m => Values(result, m, connections, rounds, cost).Count < rounds.Count))
            {
                return among;
            }

            var least = among.MinBy(m => Estimate.MiddleOf([.. Values(result, m, connections, rounds, cost).Order()]))!;
            return
            [
                .. among.Where(m => m == least
                    || Ratio(result, m, least, connections, rounds, cost) is var ratio
                        && (ratio.Ratio.Value <= 1 + tolerance || ratio.PValue > Significant)),
            ];
        }
    }

    private static string Lead(List<LabRatio> ratios) =>
        string.Create(CultureInfo.InvariantCulture, $"{1 / ratios[0].Ratio.Value:0.00} times as much as {ratios[0].Model}");

    private static List<int> Rounds(LabResult result, List<LabLevel> measured, int connections) =>
    [
        .. Enumerable.Range(1, result.Settings.Rounds).Where(round => measured.All(l => result.Cells.Any(
            c => c.Model == l.Model && c.Connections == connections && c.Round == round
                && c is { Counts: not null, Throughput: > 0 }))),
    ];

    private static LabRatio Ratio(
        LabResult result, string model, string to, int connections, List<int> rounds, Func<LabCell, double?> of)
    {
        var above = Values(result, model, connections, rounds, of);
        var below = Values(result, to, connections, rounds, of);
        return new LabRatio(
            model,
            to,
            Analysis.Interval(PairedRatio.Of(above, below, result.Settings.Seed)),
            Math.Round(RankTest.SignedRank(above.Zip(below, (a, b) => Math.Log(a / b))), 5));
    }

    private static List<double> Values(
        LabResult result, string model, int connections, List<int> rounds, Func<LabCell, double?> of) =>
    [
        .. rounds.Select(r => result.Cells.First(
                c => c.Model == model && c.Connections == connections && c.Round == r && c.Counts is not null))
            .Select(of).OfType<double>().Where(v => v > 0),
    ];

    private static string Join(IEnumerable<string> models) => string.Join(", ", models);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
