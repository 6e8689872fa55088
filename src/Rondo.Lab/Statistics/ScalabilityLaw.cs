namespace Rondo.Lab.Statistics;

/// <summary>
/// Gunther's universal scalability law: throughput against concurrency N,
/// <c>lambda N / (1 + sigma (N-1) + kappa N (N-1))</c>.
/// </summary>
/// <param name="Lambda">Throughput of one.</param>
/// <param name="Sigma">Contention: what cannot be done at once.</param>
/// <param name="Kappa">Coherency: what each has to agree on with every other.</param>
internal sealed record ScalabilityLaw(double Lambda, double Sigma, double Kappa) : ICurve
{
    private const int MostSteps = 200;
    private const double Precision = 1e-16;

    public IReadOnlyList<(string Name, double Value)> Parameters =>
        [("lambda", Lambda), ("sigma", Sigma), ("kappa", Kappa)];

    /// <summary>Where throughput is highest; infinite without coherency, as it then only levels off.</summary>
    public double Peak => Kappa > 0 ? Math.Sqrt(Math.Max(0, 1 - Sigma) / Kappa) : double.PositiveInfinity;

    public double At(double n) => Lambda * n / Denominator(n);

    /// <summary>Seconds that each of N requests takes, by Little's law.</summary>
    public double ResponseAt(double n) => Denominator(n) / Lambda;

    /// <summary>
    /// The law that fits best: weighted linear least squares on N/X, then Levenberg and Marquardt's steps on X.
    /// Sigma and kappa are not negative.
    /// </summary>
    /// <returns>Null for fewer than three different N, and if there is no throughput.</returns>
    public static ScalabilityLaw? Fit(IReadOnlyList<(double N, double X)> points) =>
        points.Select(p => p.N).Distinct().Count() < 3 || points.Any(p => p.X <= 0)
            ? null
            : Improve(Begin(points), points);

    private static ScalabilityLaw Begin(IReadOnlyList<(double N, double X)> points)
    {
        var (normal, right) = (new double[3, 3], new double[3]);
        foreach (var (n, x) in points)
        {
            double[] row = [1, n - 1, n * (n - 1)];
            var weight = Math.Pow(x * x / n, 2);
            LeastSquares.Add(normal, right, row, n / x, weight);
        }

        // The scale of the weights must not count.
        var found = LeastSquares.Solve(normal, right);
        return found is [> 0 and var first, var second, var third]
            ? new ScalabilityLaw(1 / first, Math.Max(0, second / first), Math.Max(0, third / first))
            : new ScalabilityLaw(points.Max(p => p.X / p.N), 0, 0);
    }

    private static ScalabilityLaw Improve(ScalabilityLaw law, IReadOnlyList<(double N, double X)> points)
    {
        var (error, damping) = (law.ErrorOf(points), 1e-3);
        for (var step = 0; step < MostSteps && damping < 1e12; step++)
        {
            var next = law.Step(points, damping);
            var nextError = next?.ErrorOf(points) ?? double.PositiveInfinity;
            if (!(nextError < error))
            {
                damping *= 10;
                continue;
            }

            var isDone = error - nextError <= error * Precision;
            (law, error, damping) = (next!, nextError, Math.Max(1e-12, damping / 10));
            if (isDone)
            {
                break;
            }
        }

        return law;
    }

    private double Denominator(double n) => 1 + (Sigma * (n - 1)) + (Kappa * n * (n - 1));

    private double ErrorOf(IReadOnlyList<(double N, double X)> points) =>
        points.Sum(p => Math.Pow(p.X - At(p.N), 2));

    private ScalabilityLaw? Step(IReadOnlyList<(double N, double X)> points, double damping)
    {
        var (normal, right) = (new double[3, 3], new double[3]);
        foreach (var (n, x) in points)
        {
            var (denominator, value) = (Denominator(n), At(n));
            double[] gradient = [value / Lambda, -value * (n - 1) / denominator, -value * n * (n - 1) / denominator];
            LeastSquares.Add(normal, right, gradient, x - value, 1);
        }

        // What lies at its bound and would leave it stays there, and is no unknown of this step.
        Hold(normal, right, 1, Sigma);
        Hold(normal, right, 2, Kappa);
        for (var i = 0; i < 3; i++)
        {
            normal[i, i] *= 1 + damping;
        }

        return LeastSquares.Solve(normal, right) is { } change && Lambda + change[0] > 0
            ? new ScalabilityLaw(
                Lambda + change[0], Math.Max(0, Sigma + change[1]), Math.Max(0, Kappa + change[2]))
            : null;
    }

    private static void Hold(double[,] normal, double[] right, int index, double value)
    {
        if (value > 0 || right[index] > 0)
        {
            return;
        }

        for (var i = 0; i < 3; i++)
        {
            normal[index, i] = normal[i, index] = 0;
        }

        (normal[index, index], right[index]) = (1, 0);
    }
}
