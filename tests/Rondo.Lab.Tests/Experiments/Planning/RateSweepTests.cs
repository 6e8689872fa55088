using Rondo.Lab.Experiments;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Experiments.Scenarios;

namespace Rondo.Lab.Tests.Experiments.Planning;

public sealed class RateSweepTests
{
    [Theory]
    [InlineData("10%..45%", new[] { 10.0, 20, 30, 40, 45 })]
    [InlineData("110%,50%,50%", new[] { 50.0, 110 })]
    [InlineData("2.5%", new[] { 2.5 })]
    public void Plan_SharesOfTheCapacity_AreVariantsOfEachModel(string rate, double[] percents)
    {
        var experiment = RateSweep.Plan(new LabOptions { Rate = rate, Models = "loop,pool:8" });

        Assert.Equal(
            percents.Concat(percents).Select(p => p / 100), experiment.Variants.Select(v => v.Share!.Value));
        Assert.All(experiment.Variants, v => Assert.True(v.IsOpen && v.Rate is null));
        Assert.Equal(percents[^1] >= 100, experiment.ExpectsErrors);
    }

    [Fact]
    public void Series_ShowEachModelAgainstItsShare()
    {
        var experiment = RateSweep.Plan(new LabOptions { Rate = "50%,90%", Models = "loop,pool:8" });
        var cells = experiment.Variants.Select((v, i) => new LabCell
        {
            Model = v.Label,
            Connections = 1,
            Round = 1,
            Counts = new LabCounts(1, 0, 0, 0, 0, 0, 0, 0, 0),
            Throughput = 100 * (i + 1),
        }).ToList();

        var answered = experiment.Series!(cells).Where(s => s.Chart == "Answered").ToList();

        Assert.Equal(["loop", "pool:8"], answered.Select(s => s.Name));
        Assert.Equal([new LabPoint(50, 300), new LabPoint(90, 400)], answered[1].Points);
    }

    [Theory]
    [InlineData("0%", null, "--rate: '0%'")]
    [InlineData("10%..", null, "--rate: '10%..'")]
    [InlineData("90%..10%", null, "--rate: '90%..10%'")]
    [InlineData("10%..120", null, "--rate: '10%..120'")]
    [InlineData("201%", null, "--rate: '201%'")]
    [InlineData("%", null, "--rate: '%'")]
    [InlineData("1%..200%", null, "are too many")]
    [InlineData("50%", "1,4", "--connections")]
    public void Plan_WhatCannotBe_IsRefusedWithTheReason(string rate, string? connections, string told)
    {
        var refused = Assert.Throws<ExperimentException>(
            () => RateSweep.Plan(new LabOptions { Rate = rate, Connections = connections }));

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }
}
