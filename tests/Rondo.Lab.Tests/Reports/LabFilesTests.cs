using Rondo.Lab.Experiments.Planning;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Reports;

namespace Rondo.Lab.Tests.Reports;

/// <summary>A stored result becomes its files, by the command's own way.</summary>
public sealed class LabFilesTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Run_FromAStoredResult_WritesPageAndChartsAndDrawsThePlots()
    {
        var stored = Store(SyntheticResult.Of(["loop", "pool:8"], [1, 8]));

        var (exitCode, output, error) = await RunAsync(new LabOutput
        {
            From = stored,
            Report = In("report.html"),
            Svg = In("svg"),
            Png = In("png"),
            IsAscii = true,
        });

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("Throughput as connections grow", output, StringComparison.Ordinal);
        Assert.EndsWith(
            "</html>\n", await File.ReadAllTextAsync(In("report.html"), TestContext.Current.CancellationToken));
        var charts = LabCharts.All(SyntheticResult.Of(["loop", "pool:8"], [1, 8])).Select(c => c.Name).Order().ToList();
        Assert.Equal(charts, Names("svg"));
        Assert.Equal(charts, Names("png"));
    }

    [Fact]
    public async Task Run_FromItsOwnFiles_WritesTheSameBytes()
    {
        var stored = Store(SyntheticResult.Of(["loop"], [1, 8]));
        await RunAsync(new LabOutput { From = stored, Report = In("1.html"), Json = In("1.json") });

        await RunAsync(new LabOutput { From = In("1.json"), Report = In("2.html") });
        await RunAsync(new LabOutput { From = In("2.html"), Report = In("3.html") });

        Assert.Equal(File.ReadAllBytes(In("1.html")), File.ReadAllBytes(In("2.html")));
        Assert.Equal(File.ReadAllBytes(In("1.html")), File.ReadAllBytes(In("3.html")));
    }

    [Theory]
    [InlineData("report")]
    [InlineData("svg")]
    [InlineData("png")]
    public async Task Run_WhereNothingCanBeWritten_SaysSo(string kind)
    {
        var stored = Store(SyntheticResult.Of(["loop"], [1, 8]));
        var place = Path.Combine(stored, "below-a-file");

        var (exitCode, _, error) = await RunAsync(new LabOutput
        {
            From = stored,
            Report = kind == "report" ? place : null,
            Svg = kind == "svg" ? place : null,
            Png = kind == "png" ? place : null,
        });

        Assert.NotEqual(0, exitCode);
        Assert.StartsWith("rondo: cannot write '", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(LabOutput files)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await LabTool.RunAsync(new LabOptions(), files, output, error, isTerminal: false);
        return (exitCode, output.ToString(), error.ToString());
    }

    private string Store(LabResult result)
    {
        File.WriteAllText(In("stored.json"), LabJson.Write(result));
        return In("stored.json");
    }

    private List<string> Names(string folder) =>
        [.. Directory.GetFiles(In(folder)).Select(f => Path.GetFileNameWithoutExtension(f)).Order()];

    private string In(string name) => Path.Combine(_data, name);
}
