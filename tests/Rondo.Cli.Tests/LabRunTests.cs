using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Rondo.Cli.Tests;

/// <summary>Experiments, with servers and the generator as real processes.</summary>
public sealed class LabRunTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-lab-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    /// <summary>
    /// What theory says of 64 connections and a wait of 50 ms, within 15 %. On a machine that is busy with other things
    /// it is not measurable, and then that is said; what no noise can do is to make a server quicker than it may be.
    /// </summary>
    [Fact]
    public async Task LabRun_AWaitOf50Ms_GivesWhatTheorySaysOrSaysThatItCannotTell()
    {
        var (json, limits) = (Path.Combine(_data, "result.json"), Path.Combine(_data, "limits"));
        await File.WriteAllLinesAsync(
            limits,
            [
                "sync 64 throughput = 20 +- 15%",
                "broken 64 throughput = 20 +- 15%",
                "loop 64 throughput = 1280 +- 15%",
                "pool:8 64 throughput = 160 +- 15%",
            ],
            TestContext.Current.CancellationToken);

        var (exitCode, output, error) = await RondoProcess.RunLongAsync(
            _data, "lab", "run", "--work", "io:50ms", "--models", "sync,broken,loop,pool:8", "--connections", "64",
            "--rounds", "1", "--duration", "3s", "--warmup", "500ms", "--quick", "--expect", limits, "--json", json);

        Assert.True(exitCode is 0 or 4, $"{exitCode}: {error}");
        Assert.Contains("predicted requests/s", output, StringComparison.Ordinal);
        Assert.True(output.IndexOf("time     about", StringComparison.Ordinal) < output.IndexOf("answer", StringComparison.Ordinal));
        Assert.Equal(exitCode == 4, output.Contains("FAIL", StringComparison.Ordinal));
        var result = JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!;
        var most = new Dictionary<string, double> { ["sync"] = 20, ["broken"] = 20, ["loop"] = 1280, ["pool:8"] = 160 };
        foreach (var cell in result["cells"]!.AsArray())
        {
            var model = cell!["model"]!.GetValue<string>();
            Assert.InRange(cell["throughput"]!.GetValue<double>(), 1, 1.15 * most[model]);
            Assert.True(cell["costs"]!["resident_bytes"]!.GetValue<long>() > 1 << 20);
            Assert.NotEmpty(cell["seconds"]!.AsArray());
            Assert.Equal(
                model is "sync", cell["server_seconds"]!.AsArray().All(s => s!["turns"] is null));
        }

        TestContext.Current.SendDiagnosticMessage($"{exitCode}\n{output}");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task LabRun_Interrupted_ReportsWhatThereIsAndLeavesNoProcess(string signal)
    {
        await using var rondo = RondoProcess.Start(
            _data, "lab", "run", "--work", "io:5ms", "--models", "loop", "--connections", "4", "--duration", "500ms",
            "--warmup", "200ms", "--rounds", "50", "--json", Path.Combine(_data, "partial.json"));
        await rondo.ReadUntilAsync(" cells: ");
        await WaitForChildrenAsync(rondo);
        var children = rondo.Children();
        var started = Stopwatch.GetTimestamp();

        // A terminal and a service manager signal the whole group.
        rondo.Signal(signal, children);

        Assert.Equal(130, await rondo.ExitAsync());
        TestContext.Current.SendDiagnosticMessage($"It ended {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s after.");
        Assert.NotEmpty(children);
        Assert.All(children, c => Assert.True(c.WaitForExit(TimeSpan.FromSeconds(30)), "A child has stayed."));
        children.ForEach(c => c.Dispose());
        var partial = JsonNode.Parse(await File.ReadAllTextAsync(
            Path.Combine(_data, "partial.json"), TestContext.Current.CancellationToken))!;
        Assert.True(partial["is_partial"]!.GetValue<bool>());
    }

    [Fact]
    public async Task LabRun_Scenario_SaysWhatIsExpectedAndWhereToLook()
    {
        var (exitCode, output, error) = await RondoProcess.RunLongAsync(
            _data, "lab", "run", "one-blocking-call", "--quick", "--duration", "1s", "--warmup", "200ms");

        Assert.True(exitCode is 0 or 4, $"{exitCode}: {error}");
        Assert.Contains("question What happens if one request in a hundred blocks", output, StringComparison.Ordinal);
        Assert.Contains("expected On the loop everybody waits", output, StringComparison.Ordinal);
        Assert.Contains("look at ", output, StringComparison.Ordinal);
        Assert.Contains("loop, 1 % blocks", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LabRun_SharesOfTheCapacity_AreMeasuredOfEachModel()
    {
        var json = Path.Combine(_data, "sweep.json");
        var (exitCode, output, error) = await RondoProcess.RunLongAsync(
            _data, "lab", "run", "--work", "io:20ms", "--models", "pool:2", "--rate", "20%,60%", "--quick",
            "--duration", "1s", "--warmup", "200ms", "--json", json);

        Assert.True(exitCode is 0 or 4, $"{exitCode}: {output}{error}");
        var result = JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!;
        Assert.Equal(
            ["pool:2 20 %", "pool:2 60 %"],
            result["cells"]!.AsArray().Select(c => c!["model"]!.GetValue<string>()).Order());
        var answered = result["series"]!.AsArray().Single(s => s!["chart"]!.GetValue<string>() == "Answered")!;
        var rates = answered["points"]!.AsArray().Select(p => p!["y"]!.GetValue<double>()).ToList();

        // Of at most 100/s: three times as much, but for chance and a busy machine.
        Assert.InRange(rates[1], 1.2 * rates[0], 100);
    }

    [Fact]
    public async Task LabRun_FindCapacity_GivesTheMostOfAModel()
    {
        var json = Path.Combine(_data, "capacity.json");
        var (exitCode, output, error) = await RondoProcess.RunLongAsync(
            _data, "lab", "run", "--work", "io:20ms", "--models", "sync", "--find", "capacity", "--slo", "p50<50ms",
            "--connections", "4", "--duration", "200ms", "--warmup", "100ms", "--json", json);

        Assert.True(exitCode is 0 or 3 or 4, $"{exitCode}: {output}{error}");
        var models = JsonNode.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken))!["models"]!;
        var found = Assert.Single(models.AsArray())!;
        Assert.Equal("sync", found["model"]!.GetValue<string>());
        Assert.NotEmpty(found["steps"]!.AsArray());
        Assert.Matches("(?m)^sync  .*p50<50ms", output);
    }

    [Fact]
    public async Task LabRun_AHandlerOfTheUser_IsServedByTheModels()
    {
        var assembly = typeof(LabRunTests).Assembly.Location;
        var (exitCode, output, error) = await RondoProcess.RunLongAsync(
            _data, "lab", "run", "--work", $"handler:{assembly}#{typeof(UserHandler).FullName}.AnswerAsync",
            "--models", "loop,thread", "--connections", "4", "--quick", "--duration", "500ms", "--warmup", "200ms");

        Assert.True(exitCode is 0 or 4, $"{exitCode}: {output}{error}");
        Assert.Matches(@"(?m)^  thread +[\d.]+ \([\d.]+\)$", output);
    }

    [Theory]
    [InlineData("There is no scenario 'none': await-or-block, cpu-bound", "none")]
    [InlineData("which decides them", "workshop", "--work", "io:1ms")]
    [InlineData("There is no work 'none'", "--work", "none")]
    [InlineData("There is no model 'none'", "--models", "none")]
    [InlineData("--connections: 'x'", "--connections", "x")]
    [InlineData("--duration must be", "--duration", "x")]
    [InlineData("--rate: '0%'", "--rate", "0%")]
    [InlineData("--pin: 'x'", "--pin", "x")]
    [InlineData("--slo belongs to --find", "--slo", "p99<1s")]
    [InlineData("--find capacity needs", "--find", "capacity")]
    [InlineData("is no limit such as", "--find", "capacity", "--slo", "fast")]
    [InlineData("looks for the load itself", "--find", "capacity", "--slo", "p99<1s", "--rate", "5")]
    [InlineData("There is no file 'x.dll'", "--work", "handler:x.dll#A.B")]
    [InlineData("is no limit", "--expect", "/proc/self/cmdline")]
    [InlineData("no result of the lab", "--from", "/proc/self/cmdline")]
    [InlineData("is not this machine", "--work", "url:http://192.0.2.1/")]
    public async Task LabRun_Misused_SaysWhy(string told, params string[] arguments)
    {
        var (exitCode, _, error) = await RondoProcess.RunAsync(_data, ["lab", "run", .. arguments]);

        Assert.Equal(2, exitCode);
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("has no type 'Nobody'", "Nobody.Answer")]
    [InlineData("is no 'static Task Other(HttpContext)'", "Rondo.Cli.Tests.UserHandler.Other")]
    public async Task LabRun_AHandlerThatIsNone_NamesTheCandidates(string told, string name)
    {
        var (exitCode, _, error) = await RondoProcess.RunAsync(
            _data, "lab", "run", "--work", $"handler:{typeof(LabRunTests).Assembly.Location}#{name}");

        Assert.Equal(2, exitCode);
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.Contains("There is: Rondo.Cli.Tests.UserHandler.AnswerAsync", error, StringComparison.Ordinal);
    }

    private static async Task WaitForChildrenAsync(RondoProcess rondo)
    {
        // A server and the generator; between two rounds there may be one alone.
        var limit = Stopwatch.GetTimestamp() + (30 * Stopwatch.Frequency);
        while (rondo.Children() is var children && children.Count < 2 && Stopwatch.GetTimestamp() < limit)
        {
            children.ForEach(c => c.Dispose());
            await Task.Yield();
        }
    }
}
