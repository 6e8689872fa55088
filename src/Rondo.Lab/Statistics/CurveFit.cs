namespace Rondo.Lab.Statistics;

/// <summary>A curve through measured points, with what is known of its parameters.</summary>
/// <param name="Kind"><c>usl</c> or <c>bounds</c>.</param>
/// <param name="Curve">The best one of its kind.</param>
/// <param name="Aicc">Akaike's criterion, corrected for few points; lower explains the data better.</param>
/// <param name="Parameters">Each with its 95 % interval.</param>
/// <param name="Peak">Where it stops to grow, with its interval; null if that lies beyond the measured points.</param>
internal sealed record CurveFit(
    string Kind,
    ICurve Curve,
    double Aicc,
    IReadOnlyList<(string Name, Estimate Value)> Parameters,
    Estimate? Peak)
{
    public const string Law = "usl";
    public const string Bounds = "bounds";

    /// <summary>With fewer different N, the law's three parameters are guesswork.</summary>
    public const int FewestForLaw = 6;

    private const int Replicas = 1000;

    /// <summary>Fits both kinds, the better one first.</summary>
    /// <param name="points">Concurrency and throughput, in any order; several for one N are several measurements.</param>
    /// <param name="seed">Of the intervals.</param>
    /// <returns>Empty if there is nothing to fit.</returns>
    public static IReadOnlyList<CurveFit> Both(IReadOnlyList<(double N, double X)> points, int seed)
    {
        var levels = points.Select(p => p.N).Distinct().Count();
        CurveFit?[] fits =
        [
            levels >= 2 ? Of(Bounds, CeilingCurve.Fit, points, seed) : null,
            levels >= FewestForLaw ? Of(Law, ScalabilityLaw.Fit, points, seed) : null,
        ];
        return [.. fits.OfType<CurveFit>().OrderBy(f => f.Aicc)];
    }

    /// <summary>Fits one kind; null if the points do not allow it.</summary>
    public static CurveFit? Of(
        string kind,
        Func<IReadOnlyList<(double N, double X)>, ICurve?> fit,
        IReadOnlyList<(double N, double X)> points,
        int seed)
    {
        if (fit(points) is not { } curve)
        {
            return null;
        }

        var errors = points.Select(p => (p.X - curve.At(p.N)) / curve.At(p.N)).ToArray();

        // The residuals of a fit are smaller than the errors, by as much as it has parameters.
        var shrinkage = Math.Sqrt((double)points.Count / Math.Max(1, points.Count - curve.Parameters.Count));
        var random = new Random(seed);
        var replicas = new List<ICurve>(Replicas);
        for (var i = 0; i < Replicas; i++)
        {
            var replica = points
                .Select(p => (p.N, curve.At(p.N) * (1 + (shrinkage * errors[random.Next(errors.Length)])))).ToList();
            if (fit(replica) is { } refitted)
            {
                replicas.Add(refitted);
            }
        }

        return new CurveFit(
            kind, curve, AiccOf(curve, points), [.. Intervals(curve, replicas)], PeakOf(curve, replicas, points));
    }

    /// <summary>Akaike's criterion for few points; the error's variance counts as a parameter.</summary>
    /// <returns>Infinite if there are too few points for so many parameters.</returns>
    public static double AiccOf(ICurve curve, IReadOnlyList<(double N, double X)> points)
    {
        var (n, k) = (points.Count, curve.Parameters.Count + 1);
        var squares = points.Sum(p => Math.Pow(p.X - curve.At(p.N), 2));

        // No measurement is exact: a perfect fit would win by minus infinity.
        var floor = 1e-9 * points.Sum(p => p.X * p.X);
        return n - k - 1 <= 0
            ? double.PositiveInfinity
            : (n * Math.Log(Math.Max(squares, floor) / n)) + (2 * k) + (2.0 * k * (k + 1) / (n - k - 1));
    }

    private static IEnumerable<(string Name, Estimate Value)> Intervals(ICurve curve, List<ICurve> replicas) =>
        from parameter in curve.Parameters
        let values = replicas
            .SelectMany(r => r.Parameters.Where(p => p.Name == parameter.Name).Select(p => p.Value))
            .ToList()
        select (parameter.Name, Estimate.FromReplicas(parameter.Value, values));

    private static Estimate? PeakOf(
        ICurve curve, List<ICurve> replicas, IReadOnlyList<(double N, double X)> points)
    {
        // Beyond the last point it would be said of what nobody has seen.
        var last = points.Max(p => p.N);
        return curve.Peak <= last
            ? Estimate.FromReplicas(curve.Peak, [.. replicas.Select(r => r.Peak)])
            : null;
    }
}
