using System.Globalization;
using Rondo.Lab.Experiments.Judging;
using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Reports;
using Rondo.Lab.Tests.Experiments;
using Rondo.Lab.Tests.Statistics;

namespace Rondo.Lab.Tests;

/// <summary>The lab's verbs that need no run.</summary>
public sealed class LabToolsTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-lab-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void Fit_TheRouterOfTheLiterature_GivesThePublishedLaw()
    {
        var csv = "processes,throughput\n" + string.Join('\n', CurveFitTests.Cisco.Select(
            (x, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1},{x}")));

        Assert.Equal(0, FitTool.Run(new StringReader(csv), "cisco.csv", _output, _error));

        Assert.StartsWith("best universal scalability law", _output.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"lambda +995\.649 ", _output.ToString());
        Assert.Matches(@"sigma +0\.0267159 ", _output.ToString());
        Assert.Matches(@"kappa +0\.000769094 ", _output.ToString());
        Assert.Contains("no peak seen up to 32 connections; the curve has it at 35.6", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "at least two")]
    [InlineData("n,x\n1,2\nthree,4", "line 3: 'three,4'")]
    [InlineData("1,2,3", "line 1")]
    [InlineData("1,2\n0,2", "line 2")]
    public void Fit_NoPoints_SaysWhere(string csv, string told)
    {
        Assert.Equal(2, FitTool.Run(new StringReader(csv), "f.csv", _output, _error));

        Assert.StartsWith("rondo: f.csv", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains(told, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_AMix_ShowsTheKnee()
    {
        Assert.Equal(0, PredictTool.Run("45ms", "5ms", 2, 64, "1,10,64", null, _output, _error));

        var lines = _output.ToString().Split('\n');
        Assert.Matches(@"^  loop +20\.0 .* 200 +10\.0 conn$", lines.First(l => l.StartsWith("  loop", StringComparison.Ordinal)));
        Assert.Matches(@"^  thread +20\.0 .* 400 +20\.0 conn$", lines.First(l => l.StartsWith("  thread", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("fast", "0ms", 1, "--wait: 'fast'")]
    [InlineData("0ms", "0ms", 1, "must not both be 0")]
    [InlineData("1ms", "0ms", 0, "--cores")]
    public void Predict_WhatCannotBe_IsRefused(string wait, string cpu, int cores, string told)
    {
        Assert.Equal(2, PredictTool.Run(wait, cpu, cores, 8, null, null, _output, _error));

        Assert.Contains(told, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_ACode_SaysWhatToDo()
    {
        Assert.Equal(0, ExplainTool.Run("steal", _output, _error));
        Assert.Contains("to do", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, ExplainTool.Run("nothing", _output, _error));
        Assert.Contains("steal, throttling", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.8, null, 0, "worse")]
    [InlineData(0.8, "worse>5%", 3, "worse")]
    [InlineData(0.8, "worse>30%", 0, "worse")]
    [InlineData(1.2, "worse>5%", 0, "better")]
    [InlineData(0.99, "worse>0%", 0, "no difference shown")]
    [InlineData(0.8, "slower", 2, "")]
    public void Compare_TwoResults_SaysWhatHasChanged(double factor, string? failIf, int exit, string verdict)
    {
        var before = Store("a.json", 1);
        var after = Store("b.json", factor);

        Assert.Equal(exit, CompareTool.Run(before, after, failIf, _output, _error));

        Assert.Contains(verdict, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_NoResult_SaysSo()
    {
        var file = Path.Combine(_data, "x.json");
        File.WriteAllText(file, "{}");

        Assert.Equal(2, CompareTool.Run(file, file, null, _output, _error));
        Assert.Equal(2, CompareTool.Run("/none.json", file, null, _output, _error));
        Assert.Contains("no result of the lab", _error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A stored result is reported without a run, and stored again with the same bytes.</summary>
    [Fact]
    public async Task Run_FromAStoredResult_MakesTheSameAgain()
    {
        var stored = Store("a.json", 1);
        var again = Path.Combine(_data, "again.json");
        var (csv, hdr) = (Path.Combine(_data, "a.csv"), Path.Combine(_data, "hdr"));

        var exit = await LabTool.RunAsync(
            new LabOptions(), new LabOutput { From = stored, Json = again, Csv = csv, Hdr = hdr }, _output, _error, false);

        Assert.Equal((0, ""), (exit, _error.ToString()));
        Assert.Equal(File.ReadAllText(stored), File.ReadAllText(again));
        Assert.Contains("answer   At 64 connections: loop serves the most", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(13, File.ReadLines(csv).Count());
        Assert.True(Directory.Exists(hdr));
    }

    [Theory]
    [InlineData("loop 64 throughput > 1000", 0)]
    [InlineData("loop 64 throughput > 10000", 3)]
    public async Task Run_Expectations_DecideTheExitCode(string line, int expected)
    {
        var limits = Path.Combine(_data, "limits");
        await File.WriteAllTextAsync(limits, "# what must hold\n\n" + line, TestContext.Current.CancellationToken);

        var exit = await LabTool.RunAsync(
            new LabOptions(), new LabOutput { From = Store("a.json", 1), Expect = limits }, _output, _error, false);

        Assert.Equal(expected, exit);
        Assert.Equal(expected == 3, _error.ToString().Contains("missed: " + line, StringComparison.Ordinal));
    }

    [Fact]
    public void Text_NoiseChecksFail_SaysWhichAndNamesNoWinner()
    {
        var raw = RecordedRounds.Raw(("loop", [1, 2, 3, 4, 5, 6], null), ("sync", [1, 2, 3, 4, 5, 6], null));
        var text = LabText.Write(Analysis.Complete(raw with
        {
            Cells = [.. raw.Cells.Select(c => c with { Noise = new LabNoise(0.1, 0, 0, 0) })],
        }));

        Assert.Contains("answer   No winner is named", text, StringComparison.Ordinal);
        Assert.Contains("FAIL steal: 10 % (limit 0.5 %)", text, StringComparison.Ordinal);
        Assert.Contains("rondo lab explain steal", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_LinesOfOneExperiment_AreATable()
    {
        var raw = RecordedRounds.Raw(("loop", [1, 2, 3, 4, 5, 6], null));
        LabSeries Line(string name, bool isPredicted, params double[] seconds) => new(
            "Threads", name, "s", "threads", isPredicted, [.. seconds.Select((s, i) => new LabPoint(s, 10 + i))]);

        var text = LabText.Write(Analysis.Complete(raw with
        {
            Series = [Line("loop", false, 0.98, 2.02), Line("pool", false, 1.01), Line("pool", true, 1)],
        }));

        Assert.Contains(
            "Threads: threads   1 s   2 s\n  loop            10.0  11.0\n  pool            10.0     -\n", text,
            StringComparison.Ordinal);
    }

    private string Store(string name, double factor)
    {
        double[] rounds = [1, 1.01, 0.99, 1.02, 0.98, 1.005];
        var file = Path.Combine(_data, name);
        File.WriteAllText(file, LabJson.Write(RecordedRounds.Of(
            ("loop", [.. rounds.Select(r => 1280 * r * factor)], null), ("pool:8", [.. rounds.Select(r => 160 * r)], null))));
        return file;
    }
}
