using Rondo.Services.Noise.Metering;

namespace Rondo.Services.Tests.Noise.Metering;

public sealed class WeightingFilterTests
{
    [Fact]
    public void Curve_EveryBand_IsThePrintedTable()
    {
        foreach (var band in WeightingTable.Bands)
        {
            Assert.Equal(band.A, WeightingCurve.Level(FrequencyWeighting.A, band.Exact), 0.0500);
            Assert.Equal(band.C, WeightingCurve.Level(FrequencyWeighting.C, band.Exact), 0.0500);
        }

        Assert.Equal(1.99966, Decibel.OfAmplitude(WeightingCurve.Scale(FrequencyWeighting.A)), 1e-5);
        Assert.Equal(0.06190, Decibel.OfAmplitude(WeightingCurve.Scale(FrequencyWeighting.C)), 1e-5);
    }

    [Fact]
    public void Sections_Of48Kilohertz_AreTheReference()
    {
        double[][] expected =
        [
            [0.2343005929, 0.4686011857, 0.2343005929, -0.2245584581, 0.0126066253],
            [1, -2, 1, -1.8938704947, 0.8951597691],
            [1, -2, 1, -1.994614456, 0.994621707],
        ];

        var actual = new WeightingFilter(FrequencyWeighting.A, 48_000).Sections
            .Select(s => new[] { s.B0, s.B1, s.B2, s.A1, s.A2 });

        foreach (var (wanted, got) in expected.Zip(actual))
        {
            Assert.All(wanted.Zip(got), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        }
    }

    /// <summary>How far the filter is off up to 4 kHz and at 8 kHz.</summary>
    [Theory]
    [InlineData(16_000, 0.44, null)]
    [InlineData(22_050, 0.19, -4.87)]
    [InlineData(32_000, 0.08, -1.43)]
    [InlineData(44_100, 0.04, -0.64)]
    [InlineData(48_000, 0.03, -0.53)]
    [InlineData(96_000, 0.01, -0.12)]
    public void A_EveryRate_IsOffAsFarAsItsDocumentSays(int rate, double upTo4Kilohertz, double? at8Kilohertz)
    {
        var errors = WeightingTable.Below(rate)
            .ToDictionary(b => b.Nominal, b => Error(FrequencyWeighting.A, rate, b.Exact));

        Assert.Equal(upTo4Kilohertz, errors.Where(e => e.Key <= 4000).Max(e => Math.Abs(e.Value)), 0.006);
        if (at8Kilohertz is { } expected)
        {
            Assert.Equal(expected, errors[8000], 0.01);
        }
    }

    /// <summary>Each band below half the rate, against the printed limits: which it would miss.</summary>
    [Theory]
    [InlineData(16_000, new[] { 6300.0, 8000 }, new[] { 6300.0, 8000 })]
    [InlineData(22_050, new[] { 8000.0, 10000 }, new double[0])]
    [InlineData(32_000, new[] { 10000.0, 12500, 16000 }, new double[0])]
    [InlineData(44_100, new double[0], new double[0])]
    [InlineData(48_000, new double[0], new double[0])]
    [InlineData(96_000, new double[0], new double[0])]
    public void A_EveryBand_IsWithinTheLimitsExceptThese(int rate, double[] offClass1, double[] offClass2)
    {
        var bands = WeightingTable.Below(rate).ToList();

        Assert.Equal(offClass1, bands.Where(b => !b.IsClass1(Off(rate, b))).Select(b => b.Nominal));
        Assert.Equal(offClass2, bands.Where(b => !b.IsClass2(Off(rate, b))).Select(b => b.Nominal));

        static double Off(int rate, WeightingTable.Band band) =>
            new WeightingFilter(FrequencyWeighting.A, rate).Response(band.Exact) - band.A;
    }

    [Theory]
    [InlineData(44_100)]
    [InlineData(48_000)]
    [InlineData(96_000)]
    public void C_EveryBand_IsWithinTheStricterLimits(int rate) => Assert.All(
        WeightingTable.Below(rate),
        b => Assert.True(b.IsClass1(new WeightingFilter(FrequencyWeighting.C, rate).Response(b.Exact) - b.C), $"{b}"));

    /// <summary>The sections in time do what their response says: a tone of each band, measured.</summary>
    [Theory]
    [InlineData(44_100)]
    [InlineData(48_000)]
    public void Next_ToneOfEachBand_ComesOutAsLoudAsTheResponseSays(int rate)
    {
        foreach (var band in WeightingTable.Below(rate).Where(b => b.Nominal >= 31.5))
        {
            var filter = new WeightingFilter(FrequencyWeighting.A, rate);
            var periods = (int)Math.Round(Math.Floor(0.4 * band.Exact) * rate / band.Exact);
            var weighted = Sound.Tone(rate, band.Exact, 0.7).Select(x => filter.Next(x)).ToArray();
            var settled = weighted.AsSpan(rate / 5, periods).ToArray();
            var level = Decibel.OfPower(settled.Average(x => x * x)) - Decibel.OfPower(0.5);

            Assert.Equal(filter.Response(band.Exact), level, 0.005);
        }
    }

    /// <summary>White noise up to half the rate, by the curve itself.</summary>
    [Theory]
    [InlineData(44_100, -2.40)]
    [InlineData(48_000, -2.72)]
    public void Curve_WhiteNoise_TakesThisMuchAway(int rate, double expected)
    {
        var powers = Enumerable.Range(1, rate / 2)
            .Select(f => Decibel.ToPower(WeightingCurve.Level(FrequencyWeighting.A, f)));

        Assert.Equal(expected, Decibel.OfPower(powers.Average()), 0.006);
    }

    [Theory]
    [InlineData(7_999)]
    [InlineData(768_001)]
    public void Rate_BeyondSense_IsRefused(int rate) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new WeightingFilter(FrequencyWeighting.A, rate));

    private static double Error(FrequencyWeighting weighting, int rate, double frequency) =>
        new WeightingFilter(weighting, rate).Response(frequency) - WeightingCurve.Level(weighting, frequency);
}
