using System.Globalization;
using System.Runtime.CompilerServices;
using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Tests.Experiments.Judging;

public sealed class JudgementTests
{
    private static readonly double[] s_round = [1, 1.01, 0.99, 1.02, 0.98, 1.005];

    [Fact]
    public void Verdict_OneIsFaster_NamesIt()
    {
        var verdict = RecordedRounds.Of(("loop", Around(1280), null), ("pool:8", Around(160), null)).Verdict!;

        Assert.Equal((LabVerdict.Winner, "loop"), (verdict.Kind, verdict.Models.Single()));
        Assert.Equal("At 64 connections: loop serves the most, 8.00 times as much as pool:8.", verdict.Text);
        Assert.Equal(0.125, verdict.Ratios.Single().Ratio.Value, 1e-9);
        Assert.Equal(0.03125, verdict.Ratios.Single().PValue, 1e-5);
    }

    [Fact]
    public void Verdict_TwoAreEquallyFast_NamesTheLighter()
    {
        var verdict = RecordedRounds.Of(
            ("thread", Around(1280), Around(90)), ("loop", Around(1270), Around(50)), ("sync", Around(20), Around(40))).Verdict!;

        Assert.Equal((LabVerdict.Winner, "loop"), (verdict.Kind, verdict.Models.Single()));
        Assert.Contains("least memory of those that serve the most (thread, loop)", verdict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Verdict_NothingTellsThemApart_NamesNone()
    {
        var verdict = RecordedRounds.Of(("a", Around(100), Around(50)), ("b", Around(99), Around(50.5))).Verdict!;

        Assert.Equal(LabVerdict.NoDifference, verdict.Kind);
        Assert.Equal(["a", "b"], verdict.Models);
    }

    /// <summary>20 % better in the median, but not in every round: that may be chance.</summary>
    [Fact]
    public void Verdict_RoundsDisagree_NamesNone()
    {
        var verdict = RecordedRounds.Of(
            ("a", [120, 122, 119, 80, 121, 118], null), ("b", [100, 100, 100, 100, 100, 100], null)).Verdict!;

        Assert.Equal(LabVerdict.NoDifference, verdict.Kind);
    }

    [Fact]
    public void Verdict_FiveRounds_AreTooFew()
    {
        var verdict = RecordedRounds.Of(("a", Around(200)[..5], null), ("b", Around(100)[..5], null)).Verdict!;

        Assert.Equal((LabVerdict.TooFewRounds, 0), (verdict.Kind, verdict.Models.Count));
    }

    [Fact]
    public void Verdict_ACheckHasFailed_NamesNone()
    {
        var quiet = RecordedRounds.Raw(("a", Around(200), null), ("b", Around(100), null));
        var noisy = quiet with
        {
            Cells = [.. quiet.Cells.Select((c, i) => i == 3 ? c with { Noise = new LabNoise(0.02, 0, 0, 0) } : c)],
        };

        var result = Analysis.Complete(noisy);

        Assert.Equal((LabVerdict.NotMeasurable, 0), (result.Verdict!.Kind, result.Verdict.Models.Count));
        var check = result.Checks.Single(c => !c.Pass);
        Assert.Equal(("steal", 0.02, 0.005), (check.Code, check.Value, check.Limit));
        Assert.Equal("b at 64 connections, round 2", check.Where);
        Assert.Equal([3], NoiseGate.Disturbed(noisy.Cells));
        Assert.Empty(NoiseGate.Disturbed(quiet.Cells));
    }

    [Theory]
    [InlineData(0.1, false)]
    [InlineData(1, null)]
    public void Checks_LittlesLaw_IsHeldAgainstWhatLastedFivePasses(double meanSeconds, bool? passes)
    {
        var latency = new LatencyHistogram();
        latency.Record((long)(meanSeconds * 1e9));
        var raw = RecordedRounds.Raw(("a", Around(1), null), ("b", Around(1), null));

        var checks = CheckList.Of(raw with
        {
            Cells = [.. raw.Cells.Select(c => c with { BusyConnections = 60, Latency = LabLatency.Of(latency) })],
        });

        Assert.Equal(passes, checks.SingleOrDefault(c => c.Code == "little")?.Pass);
    }

    [Theory]
    [InlineData(58, true)]
    [InlineData(30, false)]
    public void Checks_LittlesLaw_IsThatOfAllRounds(double inOneRound, bool passes)
    {
        var latency = new LatencyHistogram();
        latency.Record(50_000_000);
        var raw = RecordedRounds.Raw(("a", Around(1), null), ("b", Around(1), null));

        var check = CheckList.Of(raw with
        {
            Cells =
            [
                .. raw.Cells.Select(c => c with
                {
                    BusyConnections = c.Round == 1 ? inOneRound : 64,
                    Latency = LabLatency.Of(latency),
                }),
            ],
        }).Single(c => c.Code == "little");

        Assert.Equal((passes, "a at 64 connections"), (check.Pass, check.Where));
    }

    [Fact]
    public void Verdict_OneModelAlone_IsNoComparison() =>
        Assert.Equal(LabVerdict.NothingToCompare, RecordedRounds.Of(("a", Around(1), null)).Verdict!.Kind);

    /// <summary>
    /// A model against itself: throughput and memory of one model in 30 rounds, recorded on a busy machine, drawn into
    /// two names. Whatever wins then wins by chance.
    /// </summary>
    [Fact]
    public void Verdict_AModelAgainstItself_RarelyNamesAWinner()
    {
        var recorded = Recorded();
        var winners = Enumerable.Range(1, 20).Count(seed =>
        {
            var drawn = recorded.ToArray();
            new Random(seed).Shuffle(drawn);
            return RecordedRounds.Of(Named("A", drawn[..6]), Named("B", drawn[6..12])).Verdict!.Kind == LabVerdict.Winner;
        });

        Assert.True(recorded.Length >= 24, "There are too few rounds to draw from.");
        Assert.InRange(winners, 0, 2);

        static (string, double[], double[]) Named(string name, double[][] rounds) =>
            (name, [.. rounds.Select(r => r[0])], [.. rounds.Select(r => r[1])]);
    }

    [Fact]
    public void Complete_AStoredResult_GivesTheSameBytes()
    {
        var result = RecordedRounds.Of(("loop", Around(1280), Around(50)), ("pool:8", Around(160), Around(60)));

        var again = Analysis.Complete(LabJson.Read(LabJson.Write(result)));

        Assert.Equal(LabJson.Write(result), LabJson.Write(again));
    }

    [Fact]
    public void Explanations_EveryCheck_HasOne()
    {
        var result = RecordedRounds.Of(("a", Around(1), null), ("b", Around(2), null));

        Assert.NotEmpty(result.Checks);
        Assert.All(result.Checks, c => Assert.NotNull(Explanation.Of(c.Code)));
        Assert.All(Explanation.All, e => Assert.False(string.IsNullOrWhiteSpace(e.Remedy)));
    }

    private static double[][] Recorded([CallerFilePath] string path = "") =>
    [
        .. File.ReadLines(Path.Combine(Path.GetDirectoryName(path)!, "..", "loop-rounds.csv")).Skip(1)
            .Select(l => l.Split(',').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray()),
    ];

    private static double[] Around(double value) => [.. s_round.Select(r => r * value)];
}
