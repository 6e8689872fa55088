namespace Rondo.Lab.Statistics;

/// <summary>How two series of rounds compare that were measured in turns, so that what varied meanwhile hit both.</summary>
internal static class PairedRatio
{
    private const int Replicas = 10_000;

    /// <summary>
    /// Hodges and Lehmann's estimate of the ratio: of the logarithms' differences, the median of the means of all
    /// pairs. One bad round moves it little.
    /// </summary>
    /// <param name="above">Positive values, a round each.</param>
    /// <param name="below">As many, of the same rounds.</param>
    /// <param name="seed">Of the bootstrap over rounds, which gives the interval.</param>
    public static Estimate Of(IReadOnlyList<double> above, IReadOnlyList<double> below, int seed)
    {
        var differences = above.Zip(below, (a, b) => Math.Log(a / b)).ToArray();
        var (random, drawn) = (new Random(seed), new double[differences.Length]);
        var replicas = new double[Replicas];
        for (var i = 0; i < Replicas; i++)
        {
            for (var j = 0; j < drawn.Length; j++)
            {
                drawn[j] = differences[random.Next(differences.Length)];
            }

            replicas[i] = Math.Exp(Middle(drawn));
        }

        return Estimate.FromReplicas(Math.Exp(Middle(differences)), replicas);
    }

    private static double Middle(double[] values)
    {
        var means = new double[values.Length * (values.Length + 1) / 2];
        var next = 0;
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = i; j < values.Length; j++)
            {
                means[next++] = (values[i] + values[j]) / 2;
            }
        }

        Array.Sort(means);
        return Estimate.MiddleOf(means);
    }
}
