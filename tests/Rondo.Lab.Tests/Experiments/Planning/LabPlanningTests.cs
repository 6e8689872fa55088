using Rondo.Lab.Experiments;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Scenarios;

namespace Rondo.Lab.Tests.Experiments.Planning;

public sealed class LabPlanningTests
{
    [Fact]
    public void Plan_NothingIsSaid_ComparesAllModelsWithinAQuarterOfAnHour()
    {
        var experiment = LabPlanning.Plan(new LabOptions());

        Assert.Equal(LabPlanning.AllModels.Split(','), experiment.Variants.Select(v => v.Label));
        Assert.Equal([1, 4, 16, 64, 256, 1024], experiment.Connections);
        Assert.Equal((6, 2.0), (experiment.Rounds, experiment.Seconds));
        var seconds = TimeTable.Estimate(
            experiment,
            (v, c) => c / Forecast.QueueOf(v.Model!, 0.05, 100e-6, 1).Throughput(c),
            hasPilot: true);
        Assert.InRange(seconds, 300, 900);
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(400, 200)]
    [InlineData(590, 29.5)]
    [InlineData(828, 41.4)]
    [InlineData(890, 10)]
    [InlineData(2000, 0)]
    public void MostRepeatSeconds_OfShortAndLong_KeepsTheTimesThatArePromised(double estimate, double most) =>
        Assert.Equal(most, TimeTable.MostRepeatSeconds(estimate), 1e-9);

    [Fact]
    public void Scenarios_AllOfThem_AreWellFormedAndEndWithinTenMinutes()
    {
        var names = ScenarioCatalog.All.Select(s => s.Name).ToList();

        Assert.Equal(13, names.Distinct().Count());
        Assert.All(ScenarioCatalog.All, scenario =>
        {
            var experiment = scenario.ToExperiment("rondo lab run " + scenario.Name);
            var labels = experiment.Variants.Select(v => v.Label).ToList();
            Assert.Equal(labels.Distinct(), labels);
            Assert.EndsWith("?", experiment.Question, StringComparison.Ordinal);
            Assert.Equal(experiment.Connections.Order(), experiment.Connections);
            Assert.InRange(
                TimeTable.Estimate(experiment, Pass, hasPilot: true), 10, 600);
        });

        static double Pass(Variant variant, int connections) => variant.Rate is not null ? 0
            : variant.LoadOf(connections) / Forecast.QueueOf(
                variant.Model!,
                variant.Work?.Wait.TotalSeconds ?? 0.3,
                100e-6 + (variant.Work?.Compute.TotalSeconds ?? 0),
                1).Throughput(variant.LoadOf(connections));
    }

    [Theory]
    [InlineData("1..16", new[] { 1, 2, 4, 8, 16 })]
    [InlineData("8,2", new[] { 2, 8 })]
    [InlineData("1..4,64", new[] { 1, 2, 4, 64 })]
    [InlineData("3..20", new[] { 3, 6, 12 })]
    public void Connections_ListsAndRanges_AreAscending(string text, int[] expected) =>
        Assert.Equal(expected, LabPlanning.Plan(new LabOptions { Connections = text }).Connections);

    [Fact]
    public void Plan_ASizeIsLeftOut_IsSaid() => Assert.Equal(
        "pool:64", LabPlanning.Plan(new LabOptions { Models = "pool" }).Variants.Single().Model);

    [Fact]
    public void Plan_Url_HasNoModel()
    {
        var variant = LabPlanning.Plan(new LabOptions { Work = "url:http://127.0.0.1:1/x" }).Variants.Single();

        Assert.Null(variant.Model);
        Assert.Equal("/x", variant.Target!.AbsolutePath);
    }

    [Theory]
    [InlineData("nonsense", null, null, "There is no work 'nonsense'")]
    [InlineData("io:1ms", "loop,none", null, "There is no model 'none'")]
    [InlineData("io:1ms", "loop,loop", null, "twice")]
    [InlineData("io:1ms", null, "0", "--connections: '0'")]
    [InlineData("io:1ms", null, "4..1", "--connections: '4..1'")]
    [InlineData("io:1ms", null, "1..2..3", "--connections: '1..2..3'")]
    [InlineData("url:ftp://x", null, null, "is no URL")]
    [InlineData("url:http://127.0.0.1/", "loop", null, "--models is not for url:")]
    [InlineData("handler:/none.dll#A.B", null, null, "There is no file '/none.dll'")]
    [InlineData("handler:/none.dll", null, null, "names no method")]
    public void Plan_WhatCannotBe_IsRefusedWithTheReason(string work, string? models, string? connections, string told)
    {
        var refused = Assert.Throws<ExperimentException>(() => LabPlanning.Plan(
            new LabOptions { Work = work, Models = models, Connections = connections }));

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "--rate: '0' is no rate")]
    [InlineData("-1", "is no rate")]
    [InlineData("NaN", "is no rate")]
    [InlineData("200001", "at most 200000")]
    [InlineData("1,5", "is no rate")]
    public void Plan_ARateThatCannotBe_IsRefused(string rate, string told) => Assert.Contains(
        told,
        Assert.Throws<ExperimentException>(() => LabPlanning.Plan(new LabOptions { Rate = rate })).Message,
        StringComparison.Ordinal);
}
