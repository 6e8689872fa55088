namespace Rondo.Lab.Statistics;

/// <summary>
/// Throughput that grows in proportion until it meets a ceiling: what a fixed number of servers gives, and what the
/// universal scalability law cannot follow.
/// </summary>
/// <param name="Lambda">Throughput of one; null if every measured point lies on the ceiling.</param>
/// <param name="Ceiling">The most; null if none was seen.</param>
internal sealed record CeilingCurve(double? Lambda, double? Ceiling) : ICurve
{
    public IReadOnlyList<(string Name, double Value)> Parameters =>
    [
        .. Lambda is { } lambda ? [("lambda", lambda)] : Array.Empty<(string, double)>(),
        .. Ceiling is { } ceiling ? [("ceiling", ceiling)] : Array.Empty<(string, double)>(),
    ];

    public double Peak => Ceiling is not { } ceiling ? double.PositiveInfinity : Lambda is { } lambda ? ceiling / lambda : 1;

    public double At(double n) =>
        Math.Min((Lambda ?? double.PositiveInfinity) * n, Ceiling ?? double.PositiveInfinity);

    /// <summary>The curve with the least squared error: each place for the knee is tried.</summary>
    /// <returns>Null without points.</returns>
    public static CeilingCurve? Fit(IReadOnlyList<(double N, double X)> points)
    {
        CeilingCurve? best = null;
        var least = double.PositiveInfinity;
        foreach (var knee in points.Select(p => p.N).Distinct().Append(double.PositiveInfinity))
        {
            var rising = points.Where(p => p.N < knee).ToList();
            var level = points.Where(p => p.N >= knee).ToList();
            if (level.Count > 0 && level.TrueForAll(p => p.N == level[0].N))
            {
                // One load alone does not tell a ceiling from a step on the way.
                continue;
            }

            var curve = new CeilingCurve(
                rising.Count > 0 ? rising.Sum(p => p.N * p.X) / rising.Sum(p => p.N * p.N) : null,
                level.Count > 0 ? level.Average(p => p.X) : null);
            var error = points.Sum(p => Math.Pow(p.X - curve.At(p.N), 2));
            if (error < least)
            {
                (best, least) = (curve, error);
            }
        }

        return best;
    }
}
