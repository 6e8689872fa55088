using System.Text.Json;

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

        // The command gives its report up rather than end late, which a busy machine can make it do.
        const int Attempts = 5;
        string? output = null;
        for (var attempt = 1; output is null; attempt++)
        {
            var before = server.Requests;
            await using var rondo = RondoProcess.Start(_data, "load", server.Url, "-d", "10m", "-c", "2");
            while (server.Requests < before + 100)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }

            var child = File.ReadAllText($"/proc/{rondo.Id}/task/{rondo.Id}/children").Trim();
            rondo.Signal("INT");
            try
            {
                output = await rondo.ReadUntilAsync("Little's law");
            }
            catch (InvalidOperationException e) when (attempt < Attempts
                && e.Message.Contains("interrupted before there was anything to report", StringComparison.Ordinal))
            {
                output = null;
            }

            Assert.Equal(130, await rondo.ExitAsync());
            Assert.False(child.Length > 0 && Directory.Exists("/proc/" + child));
        }

        Assert.Matches(@"(?m)^completed +\d+ requests", output);
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        RondoProcess.RunAsync(_data, ["load", .. arguments]);
}
