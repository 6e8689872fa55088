namespace Rondo.Lab.Statistics;

/// <summary>
/// How improbable a difference would be if there were none: exact, by counting all cases, ties included. Nothing is
/// assumed of how the values are distributed.
/// </summary>
internal static class RankTest
{
    /// <summary>Wilcoxon's signed-rank test of paired values.</summary>
    /// <param name="differences">One value less the other, of each pair; those that are 0 do not count.</param>
    /// <returns>The two-sided p; 1 if nothing counts.</returns>
    public static double SignedRank(IEnumerable<double> differences)
    {
        var values = differences.Where(d => d != 0).ToList();
        var ranks = DoubledRanks([.. values.Select(Math.Abs)]);
        var (sum, all) = (0, ranks.Sum());
        for (var i = 0; i < values.Count; i++)
        {
            sum += values[i] > 0 ? ranks[i] : 0;
        }

        // How many of the choices of signs give each sum.
        var ways = new double[all + 1];
        ways[0] = 1;
        foreach (var rank in ranks)
        {
            for (var s = all; s >= rank; s--)
            {
                ways[s] += ways[s - rank];
            }
        }

        return TwoSided(ways, sum, all / 2.0);
    }

    /// <summary>Mann and Whitney's test of two independent samples.</summary>
    /// <returns>The two-sided p; 1 if one is empty.</returns>
    public static double RankSum(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        var ranks = DoubledRanks([.. first, .. second]);
        var (sum, all) = (ranks.Take(first.Count).Sum(), ranks.Sum());

        // How many of the choices of so many ranks give each sum.
        var ways = new double[first.Count + 1, all + 1];
        ways[0, 0] = 1;
        foreach (var rank in ranks)
        {
            for (var count = first.Count; count >= 1; count--)
            {
                for (var s = all; s >= rank; s--)
                {
                    ways[count, s] += ways[count - 1, s - rank];
                }
            }
        }

        var chosen = Enumerable.Range(0, all + 1).Select(s => ways[first.Count, s]).ToArray();
        return TwoSided(chosen, sum, all * (double)first.Count / Math.Max(1, ranks.Length));
    }

    // Doubled, so that the mean of two neighbours is a whole number, too.
    private static int[] DoubledRanks(IReadOnlyList<double> values) =>
        [.. values.Select(v => (2 * values.Count(o => o < v)) + values.Count(o => o == v) + 1)];

    private static double TwoSided(double[] ways, int sum, double middle)
    {
        var (extreme, total) = (0.0, 0.0);
        for (var s = 0; s < ways.Length; s++)
        {
            total += ways[s];
            extreme += Math.Abs(s - middle) >= Math.Abs(sum - middle) - 1e-9 ? ways[s] : 0;
        }

        return extreme / total;
    }
}
