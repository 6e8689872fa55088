using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Statistics;

namespace Rondo.Lab.Experiments.Judging;

/// <summary>How one level of a result compares with the same of an earlier one.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Connections">How many.</param>
/// <param name="Ratio">The later throughput over the earlier, from paired rounds.</param>
/// <param name="PValue">Of Mann and Whitney's test, two-sided: the rounds of two runs are no pairs to it.</param>
/// <param name="LatencyRatio">The later 99th percentile over the earlier; null if one has none.</param>
/// <param name="Change">Above 0 better, below 0 worse, 0 if no difference is shown.</param>
internal sealed record Comparison(
    string Model, int Connections, LabInterval Ratio, double PValue, double? LatencyRatio, int Change)
{
    private const double Significant = 0.05;

    /// <summary>Every level that both results have.</summary>
    public static IReadOnlyList<Comparison> Of(LabResult earlier, LabResult later)
    {
        var tolerance = Math.Max(earlier.Settings.SmallestDifference, later.Settings.SmallestDifference);
        return
        [
            .. from level in later.Levels
               let before = Throughputs(earlier, level)
               let after = Throughputs(later, level)
               let rounds = Math.Min(before.Count, after.Count)
               where rounds > 0
               let ratio = PairedRatio.Of(after[..rounds], before[..rounds], later.Settings.Seed)
               let p = RankTest.RankSum(after, before)
               let p99 = earlier.Levels
                   .FirstOrDefault(l => l.Model == level.Model && l.Connections == level.Connections)?.P99?.Value
               select new Comparison(
                   level.Model,
                   level.Connections,
                   Analysis.Interval(ratio),
                   p,
                   level.P99?.Value / p99,
                   p > Significant || Math.Abs(ratio.Value - 1) <= tolerance ? 0 : Math.Sign(ratio.Value - 1)),
        ];
    }

    private static List<double> Throughputs(LabResult result, LabLevel level) =>
    [
        .. result.Cells.Where(c => c.Model == level.Model && c.Connections == level.Connections
                && c is { Counts: not null, Throughput: > 0 })
            .OrderBy(c => c.Round).Select(c => c.Throughput),
    ];
}
