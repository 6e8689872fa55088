using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests.Load;

/// <summary><c>rondo load</c> as its user runs it; its subject is real time.</summary>
public sealed class LoadTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-load-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Load_Requests_ReportsThemAll()
    {
        using var server = new TinyServer();

        var (exitCode, output, error) = await RunAsync(server.Url, "--requests", "1000", "-c", "4");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^completed +1000 requests, [\d.]+/s", output);
        Assert.Matches(@"(?m)^failed +none$", output);
        Assert.Matches("(?m)^service time ", output);
        Assert.Contains("p99.9 too few samples", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_JsonToOutput_IsNothingElse()
    {
        using var server = new TinyServer();

        var (_, output, _) = await RunAsync(server.Url, "-n", "10", "--json", "-");

        using var json = JsonDocument.Parse(output);
        Assert.Equal(10, json.RootElement.GetProperty("completed").GetInt64());
    }

    [Theory]
    [InlineData(2, "must be 1", "-c", "0")]
    [InlineData(2, "capacity", "--find", "luck")]
    public async Task Load_Misused_SaysWhatToDo(int expected, string message, params string[] arguments)
    {
        using var server = new TinyServer();

        var (exitCode, output, error) = await RunAsync([server.Url, .. arguments]);

        Assert.Equal((expected, ""), (exitCode, output));
        Assert.StartsWith("rondo: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_Interrupted_ReportsWithinASecondAndLeavesNoChild()
    {
        using var server = new TinyServer();
        await using var rondo = RondoProcess.Start(_data, "load", server.Url, "-d", "10m", "-c", "2");
        while (server.Requests < 100)
        {
            await Task.Yield();
        }

        var child = File.ReadAllText($"/proc/{rondo.Id}/task/{rondo.Id}/children").Trim();
        var clock = Stopwatch.StartNew();
        rondo.Signal("INT");
        var output = await rondo.ReadUntilAsync("Little's law");

        Assert.Equal(130, await rondo.ExitAsync());
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 10);
        Assert.Matches(@"(?m)^completed +\d+ requests", output);
        Assert.False(child.Length > 0 && Directory.Exists("/proc/" + child));
    }

    [Fact]
    public async Task Load_ServerFrozen_ReportsWhatUsersSee()
    {
        await using var server = RondoProcess.Start(_data, "serve", "currency", "--offline", "--urls", "http://127.0.0.1:0");
        var address = Regex.Match(await server.ReadUntilAsync("/currency/status"), @"http://127\.0\.0\.1:(\d+)");
        var file = Path.Combine(_data, "stall.json");
        var whole = Stopwatch.StartNew();
        var running = RunAsync(address.Value + "/healthz", "--rate", "1000", "-d", "4s", "-c", "8", "--json", file);
        await ConnectionsAsync(int.Parse(address.Groups[1].Value, CultureInfo.InvariantCulture), 8);
        server.Signal("STOP");
        var frozen = Stopwatch.StartNew();
        await Task.Delay(800, TestContext.Current.CancellationToken);
        server.Signal("CONT");
        var seconds = frozen.Elapsed.TotalSeconds;
        await running;

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var times = json.RootElement.GetProperty("response_time");
        Assert.Equal(4000, json.RootElement.GetProperty("sent").GetInt64());
        Assert.Equal(4000, times.GetProperty("count").GetInt64());

        // Requests due evenly in the freeze wait from all of it to nothing: the slowest tenth of 4 s is 0.4 s of it. A busy
        // machine adds to that, but no request can have waited longer than all of this took.
        Assert.InRange(Seconds("p99"), seconds - 0.04 - 0.05, whole.Elapsed.TotalSeconds);
        Assert.InRange(Seconds("p90"), seconds - 0.4 - 0.05, Seconds("p99"));

        double Seconds(string name) => times.GetProperty(name).GetInt64() / 1e9;
    }

    // Those that the kernel knows to be established from our side.
    private static async Task ConnectionsAsync(int port, int count)
    {
        var peer = $" 0100007F:{port:X4} 01 ";
        while (File.ReadLines("/proc/net/tcp").Count(l => l.Contains(peer, StringComparison.Ordinal)) < count)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        RondoProcess.RunAsync(_data, ["load", .. arguments]);
}
