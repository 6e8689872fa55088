namespace Rondo.Lab.Statistics;

/// <summary>Where the beginning of a series ends, and how many peaks a distribution has.</summary>
internal static class SteadyState
{
    /// <summary>From so many peaks on, counted by <see cref="PeaksOf"/>, a distribution has more than one.</summary>
    public const double SeveralPeaks = 2.8;

    private const int Batch = 5;

    /// <summary>
    /// How many values at the beginning belong to the warm-up: MSER-5, the cut at which the mean of the rest is known
    /// best, in batches of five, and not beyond the half.
    /// </summary>
    public static int CutOf(IReadOnlyList<double> series)
    {
        var means = series.Chunk(Batch).Where(b => b.Length == Batch).Select(b => b.Average()).ToList();
        var (best, least) = (0, double.PositiveInfinity);
        for (var cut = 0; cut <= means.Count / 2; cut++)
        {
            var rest = means.Skip(cut).ToList();
            if (rest.Count < 2)
            {
                break;
            }

            var mean = rest.Average();
            var error = rest.Sum(m => (m - mean) * (m - mean)) / ((double)rest.Count * rest.Count);
            if (error < least)
            {
                (best, least) = (cut, error);
            }
        }

        return best * Batch;
    }

    /// <summary>
    /// The modal value of a histogram: the sum of its ups and downs over its highest count. 2 for one peak; each
    /// further one adds up to 2.
    /// </summary>
    public static double PeaksOf(IReadOnlyList<long> counts)
    {
        var (sum, before) = (0.0, 0L);
        foreach (var count in counts.Append(0))
        {
            sum += Math.Abs(count - before);
            before = count;
        }

        return counts.Count == 0 || counts.Max() == 0 ? 0 : sum / counts.Max();
    }
}
