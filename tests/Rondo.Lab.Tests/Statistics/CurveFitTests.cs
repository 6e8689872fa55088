using Rondo.Lab.Statistics;

namespace Rondo.Lab.Tests.Statistics;

public sealed class CurveFitTests
{
    /// <summary>A router's throughput at 1 to 32 processes, from Schwartz, Practical Scalability Analysis.</summary>
    internal static readonly double[] Cisco =
    [
        955.16, 1878.91, 2688.01, 3548.68, 4315.54, 5130.43, 5931.37, 6531.08, 7219.8, 7867.61, 8278.71, 8646.7, 9047.84,
        9426.55, 9645.37, 9897.24, 10097.6, 10240.5, 10532.39, 10798.52, 11151.43, 11518.63, 11806, 12089.37, 12075.41,
        12177.29, 12211.41, 12158.93, 12155.27, 12118.04, 12140.4, 12074.39,
    ];

    [Fact]
    public void Law_OfTheRouter_IsThePublishedOne()
    {
        var law = ScalabilityLaw.Fit(Points(Cisco))!;

        Assert.Equal(995.6486, law.Lambda, 5e-4);
        Assert.Equal(0.02671591, law.Sigma, 1e-7);
        Assert.Equal(7.690945e-4, law.Kappa, 1e-9);
        Assert.Equal(11063.6331, law.At(20), 0.01);
        Assert.Equal(12341.7457, law.At(35), 0.01);
        Assert.Equal(0.00180772, law.ResponseAt(20), 1e-8);
    }

    /// <summary>Seven points of SPEC's SDM benchmark, from Gunther; the peak is that of R's package usl.</summary>
    [Fact]
    public void Law_OfSevenPoints_HasThePublishedPeak()
    {
        var law = ScalabilityLaw.Fit(
            [(1, 64.9), (18, 995.9), (36, 1652.4), (72, 1853.2), (108, 1828.9), (144, 1775), (216, 1702.2)])!;

        Assert.Equal(96.52, law.Peak, 0.01);
        Assert.Equal(89.9952, law.Lambda, 1e-3);
    }

    /// <summary>Under 3 % of noise the peak is known well, sigma is not: the intervals say so.</summary>
    [Fact]
    public void Law_OfNoisyPoints_HasIntervalsThatHoldTheTruth()
    {
        var truth = new ScalabilityLaw(995.6486, 0.02671591, 7.690945e-4);
        var (held, peaks) = (0, new List<double>());
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var points = Enumerable.Range(0, 8).Select(i => (double)(1 << i))
                .Select(n => (n, truth.At(n) * (1 + (0.03 * Normal(random))))).ToList();

            var fit = CurveFit.Of(CurveFit.Law, ScalabilityLaw.Fit, points, seed)!;

            peaks.Add(fit.Peak!.Value);
            held += fit.Peak.Low <= truth.Peak && truth.Peak <= fit.Peak.High ? 1 : 0;
            Assert.All(fit.Parameters, p => Assert.InRange(p.Value.Value, p.Value.Low, p.Value.High));
        }

        Assert.InRange(held, 15, 20);
        Assert.All(peaks, peak => Assert.InRange(peak, 31, 40));
    }

    [Fact]
    public void Law_NothingBendsIt_HasNoPeak()
    {
        var fit = CurveFit.Of(
            CurveFit.Law, ScalabilityLaw.Fit, [.. Enumerable.Range(0, 7).Select(i => ((double)(1 << i), 20.0 * (1 << i)))], 1)!;

        Assert.Null(fit.Peak);
        Assert.Equal(20, fit.Parameters[0].Value.Value, 1e-6);
        Assert.All(fit.Parameters.Skip(1), p => Assert.Equal(0, p.Value.Value, 1e-9));
    }

    [Theory]
    [InlineData(8, 20)]
    [InlineData(1, 20)]
    public void Both_AHardCeiling_IsNoMatterForTheLaw(int servers, double each)
    {
        var random = new Random(1);
        var points = Enumerable.Range(0, 8).Select(i => (double)(1 << i))
            .Select(n => (n, Math.Min(n, servers) * each * (1 + (0.01 * Normal(random))))).ToList();

        var fits = CurveFit.Both(points, 1);

        Assert.Equal((CurveFit.Bounds, CurveFit.Law), (fits[0].Kind, fits[1].Kind));
        Assert.Equal(servers, fits[0].Peak!.Value, servers * 0.05);
        Assert.InRange(fits[0].Parameters[^1].Value.Value, servers * each * 0.98, servers * each * 1.02);
    }

    [Fact]
    public void Both_TheRouter_IsAMatterForTheLaw() => Assert.Equal(CurveFit.Law, CurveFit.Both(Points(Cisco), 1)[0].Kind);

    [Fact]
    public void Both_FewLoads_AreNotEnoughForTheLaw()
    {
        Assert.Equal([CurveFit.Bounds], CurveFit.Both([(1, 20), (4, 80), (16, 160)], 1).Select(f => f.Kind));
        Assert.Empty(CurveFit.Both([(1, 20), (1, 21)], 1));
        Assert.Null(ScalabilityLaw.Fit([(1, 20), (2, 0), (3, 50)]));
    }

    private static List<(double N, double X)> Points(double[] throughput) =>
        [.. throughput.Select((x, i) => (i + 1.0, x))];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
