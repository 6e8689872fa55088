using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Rondo.Cli.Tests.Inspect;

/// <summary>The real program, looking at real processes.</summary>
public sealed class InspectTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(30);

    private static readonly string Program = typeof(InspectTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "InspectedProgram").Value!;

    private readonly List<Process> _started = [];

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync()
    {
        foreach (var process in _started)
        {
            process.Kill();
            process.Dispose();
        }

        return default;
    }

    [Theory]
    [InlineData("RONDO_DEBUG", "1")]
    [InlineData("RONDO_INSPECT", "1")]
    [InlineData("RONDO_INSPECT", "0")]
    public async Task PsTree_ProcessWithALoop_ShowsItsTasksWithTheirLines(string variable, string value)
    {
        var id = await StartAsync("loop", variable, value);

        var (exitCode, output, error) = await RondoProcess.RunAsync("", "pstree", $"{id}");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("event loop loop-1 on thread 1: 5 tasks\n└─ task main", output, StringComparison.Ordinal);
        Assert.Contains("Gather.AllAsync\n", output, StringComparison.Ordinal);
        Assert.Contains("task first", output, StringComparison.Ordinal);
        Assert.Contains("task grouped", output, StringComparison.Ordinal);
        Assert.Contains("channel\n", output, StringComparison.Ordinal);
        Assert.Matches(@"Program\.Main\.InnerAsync at \S+Program\.cs:\d+\n", output);
        Assert.DoesNotContain("\noutside the loops", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PsTree_AnyOtherProcess_ShowsItsAsyncMethods()
    {
        var id = await StartAsync("plain");

        var (exitCode, output, _) = await RondoProcess.RunAsync("", "pstree", $"{id}");

        Assert.Equal(0, exitCode);
        Assert.StartsWith("outside the loops\n", output, StringComparison.Ordinal);
        Assert.Matches(
            @"Task\.WhenAll\n(.*\n)?.*Program\.Main\.OuterAsync at \S+\n.*Program\.Main\.InnerAsync at \S+\n.*timer\n", output);
        Assert.Contains("Program.Main.ReadAsync", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PsTree_Json_IsTheDocumentOfTheProcess()
    {
        var id = await StartAsync("loop", "RONDO_DEBUG", "1");

        var (_, output, _) = await RondoProcess.RunAsync("", "pstree", $"{id}", "--json");

        using var document = JsonDocument.Parse(output);
        Assert.Equal(2, document.RootElement.GetProperty("version").GetInt32());
        Assert.Equal(id, document.RootElement.GetProperty("header").GetProperty("process_id").GetInt32());
        Assert.Contains(
            document.RootElement.GetProperty("nodes").EnumerateArray(),
            n => n.GetProperty("name").GetString() == "grouped" && n.GetProperty("created_at").GetProperty("line").GetInt32() > 0);
    }

    [Fact]
    public async Task Ps_WithoutProcess_ListsWhatCanBeLookedAt()
    {
        var served = await StartAsync("loop", "RONDO_INSPECT", "1");
        var other = await StartAsync("plain");

        var (exitCode, output, _) = await RondoProcess.RunAsync("", "ps");

        Assert.Equal(0, exitCode);
        Assert.Matches($@"\n{served} +10\.\S+ +1 +5 +\S*InspectedProgram", output);
        Assert.Matches($@"\n{other} +10\.\S+ +- +- +\S*InspectedProgram", output);
    }

    [Fact]
    public async Task Ps_OfAProcess_ListsItsTasks()
    {
        var id = await StartAsync("loop", "RONDO_INSPECT", "1");

        var (exitCode, output, _) = await RondoProcess.RunAsync("", "ps", $"{id}");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"\n1 +first +waiting +timer +\S+Program\.cs:\d+", output);
        Assert.Matches(@"\n1 +grouped +waiting +channel ", output);
    }

    [Fact]
    public async Task Stack_AnyProcess_ShowsThreadsAndAsyncMethods()
    {
        var id = await StartAsync("plain");

        var (exitCode, output, _) = await RondoProcess.RunAsync("", "stack", $"{id}");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"thread \d+ \(\d+\) sleeper\n( +.*\n)*? +Program\.Main\.BlockedThread at \S+:\d+\n", output);
        Assert.Contains("Program.Main.InnerAsync", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_ThatWasLookedAt_LivesOn()
    {
        var id = await StartAsync("plain");

        await RondoProcess.RunAsync("", "stack", $"{id}");
        await RondoProcess.RunAsync("", "pstree", $"{id}");

        Assert.False(_started[0].HasExited);
        Assert.Equal(0, (await RondoProcess.RunAsync("", "stack", $"{id}")).ExitCode);
    }

    [Fact]
    public async Task Ps_OfAnyOtherProcess_ListsItsWork()
    {
        var id = await StartAsync("plain");

        var (_, output, _) = await RondoProcess.RunAsync("", "ps", $"{id}");

        Assert.Matches(@"\n- +Program\.Main +waiting +Task\.WhenAll 2 things +\S+Program\.cs:\d+", output);
    }

    [Fact]
    public async Task Socket_OfAProcessThatEnds_IsRemoved()
    {
        var id = await StartAsync("brief", "RONDO_INSPECT", "1");
        var socket = Sockets(id).Single(File.Exists);

        _started[0].StandardInput.Close();
        await _started[0].WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Guard, TestContext.Current.CancellationToken);

        Assert.False(File.Exists(socket));
    }

    [Theory]
    [InlineData("RONDO_DEBUG", "0")]
    [InlineData("RONDO_INSPECT", "0")]
    public async Task Socket_NotAskedFor_IsNotOpened(string variable, string value)
    {
        var id = await StartAsync("loop", variable, value);

        Assert.DoesNotContain(Sockets(id), File.Exists);
    }

    [Fact]
    public async Task Socket_OfAProcessThatWasKilled_IsIgnoredAndCleanedUp()
    {
        var killed = await StartAsync("loop", "RONDO_INSPECT", "1");
        var socket = Sockets(killed).Single(File.Exists);
        _started[0].Kill();
        await _started[0].WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Guard, TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await RondoProcess.RunAsync("", "pstree", $"{killed}");
        await StartAsync("loop", "RONDO_INSPECT", "1");

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"rondo: there is no process {killed}.", error, StringComparison.Ordinal);
        Assert.False(File.Exists(socket));
    }

    [Theory]
    [InlineData(1, "there is no process", "pstree", "2147483647")]
    [InlineData(1, "there is no process", "stack", "-1")]
    [InlineData(1, "is not a .NET process", "ps", "sleep")]
    [InlineData(2, "abc", "pstree", "abc")]
    [InlineData(2, "argument", "stack")]
    public async Task Process_ThatCannotBeLookedAt_IsRefusedInOneSentence(
        int expected, string reason, string verb, string? process = null)
    {
        if (process == "sleep")
        {
            _started.Add(Process.Start("sleep", "60"));
            process = $"{_started[0].Id}";
        }

        var (exitCode, output, error) = await RondoProcess.RunAsync(
            "", process is null ? [verb] : [verb, "--", process]);

        Assert.Equal((expected, ""), (exitCode, output));
        Assert.StartsWith("rondo: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Sockets(int id) =>
        new[] { Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { } r ? r + "/rondo" : null }
            .OfType<string>()
            .Concat(Directory.EnumerateDirectories("/tmp", "rondo-*"))
            .Select(f => Path.Combine(f, $"{id}.sock"));

    private async Task<int> StartAsync(string mode, string? variable = null, string? value = null)
    {
        var start = new ProcessStartInfo(Program, [mode])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment.Remove("RONDO_DEBUG");
        start.Environment.Remove("RONDO_INSPECT");
        if (variable is not null)
        {
            start.Environment[variable] = value;
        }

        var process = Process.Start(start)!;
        _started.Add(process);
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(cancel).AsTask().WaitAsync(Guard, cancel));
        return process.Id;
    }
}
