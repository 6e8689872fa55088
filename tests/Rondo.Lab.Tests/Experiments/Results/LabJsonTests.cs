using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Tests.Experiments.Results;

public sealed class LabJsonTests
{
    [Fact]
    public void Read_WhatWasWritten_GivesTheSameBytesAgain()
    {
        var written = LabJson.Write(Sample());

        Assert.Equal(written, LabJson.Write(LabJson.Read(written)));
        Assert.StartsWith("{\n\"schema\": \"rondo-lab/1\",\n\"title\": ", written, StringComparison.Ordinal);
        Assert.Contains("\n{\"model\":\"loop\",\"connections\":64,", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhatWasWritten_KeepsEveryValue()
    {
        var sample = Sample();

        var read = LabJson.Read(LabJson.Write(sample));

        var (cell, wanted) = (read.Cells.Single(), sample.Cells.Single());
        Assert.Equal(wanted.Latency, cell.Latency);
        Assert.Equal(wanted.Costs, cell.Costs);
        Assert.Equal(wanted.Counts, cell.Counts);
        Assert.Equal(wanted.Seconds.Single().Bins, cell.Seconds.Single().Bins);
        Assert.Equal(wanted.ServerSeconds, cell.ServerSeconds);
        Assert.Equal(sample.Predictions, read.Predictions);
        Assert.Equal(sample.Levels, read.Levels);
        Assert.Equal(sample.Fits.Single().Parameters, read.Fits.Single().Parameters);
        Assert.Equal(sample.Checks, read.Checks);
        Assert.Equal(sample.Verdict!.Ratios, read.Verdict!.Ratios);
        Assert.Equal(sample.Settings.Models, read.Settings.Models);
        Assert.Equal(sample.StartedAt, read.StartedAt);
        Assert.Equal(sample.Machine.Noise, read.Machine.Noise);
        Assert.Equal(sample.Series.Single().Points, read.Series.Single().Points);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"schema\": 1}")]
    [InlineData("{\"schema\": \"rondo-load/1\"}")]
    [InlineData("{\"schema\": \"rondo-lab/1\"}")]
    public void Read_OtherText_IsRefused(string text) => Assert.Throws<FormatException>(() => LabJson.Read(text));

    [Fact]
    public void Bins_CountByPowersOfTwo()
    {
        var histogram = new LatencyHistogram();
        foreach (var nanoseconds in (long[])[0, 999, 1000, 1999, 2000, 50_000_000])
        {
            histogram.Record(nanoseconds);
        }

        var bins = LabSecond.BinsOf(histogram);

        Assert.Equal(2, bins[0]);
        Assert.Equal(2, bins[1]);
        Assert.Equal(1, bins[2]);
        Assert.Equal(1, bins[LabSecond.BinOf(50_000_000)]);
        Assert.Equal(6, bins.Sum());
        Assert.NotEqual(0, bins[^1]);
    }

    private static LabResult Sample()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(50_123_456);
        histogram.Record(61_000_001);
        var interval = new LabInterval(1280, 1270.5, 1281.25);
        var costs = new LabCosts(50 << 20, 14, 1, 2.5, 0.125, 91.5, 1234.5, 3, 1.75);
        return new LabResult
        {
            Title = "io:50ms",
            Question = "Who waits?",
            Command = "rondo lab run --work io:50ms",
            StartedAt = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
            ElapsedSeconds = 12.5,
            Machine = new LabMachine(
                "EPYC", 2, 1L << 34, "Linux", ".NET 10", null, 1.5, [0], [1], new LabNoise(0.001, 0, 0.02, 0)),
            Settings = new LabSettings("io:50ms", ["loop", "sync"], [1, 64], 6, 2, null, 42, null, false, 0.05),
            Cells =
            [
                new LabCell
                {
                    Model = "loop",
                    Connections = 64,
                    Round = 1,
                    Throughput = 1279.5,
                    ElapsedSeconds = 2.0001,
                    Counts = new LabCounts(2559, 0, 1, 0, 0, 0, 0, 0, 64),
                    Latency = LabLatency.Of(histogram),
                    Costs = costs,
                    Seconds = [new LabSecond(0, 2, 0, LabSecond.BinsOf(histogram))],
                    ServerSeconds = [new LabServerSecond(1.001, 14, 50 << 20, 0, 2500, 1, 120.5)],
                    Rates = [1280, 1270.5],
                    Generator = new LabGenerator(0.25, 0.01, null),
                    Noise = new LabNoise(null, null, 0.5, -0.01),
                },
            ],
            Predictions = [new LabPrediction("loop", 64, 1, 5000, 250.5, 1280, 0.05, 1280, 0.05)],
            Levels =
            [
                new LabLevel("loop", 64, 1, 0, interval, interval, interval, null, null, null, costs, 1, interval),
            ],
            Fits = [new LabFit("loop", "usl", true, 3.5, [new LabParameter("lambda", interval)], null, null, "no peak")],
            Checks = [new LabCheck("steal", true, 0.001, 0.005, "%", "", "It was quiet.")],
            Verdict = new LabVerdict(
                LabVerdict.Winner, ["loop"], 64, "loop wins", [new LabRatio("sync", "loop", interval, 0.03125)]),
            Notes = ["Two processors."],
            Series = [new LabSeries("Memory", "loop", "connections", "KiB", false, [new LabPoint(1, 2)])],
        };
    }
}
