using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests;

/// <summary>Execution models as processes.</summary>
public sealed partial class LabTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-lab-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("sync", "TERM")]
    [InlineData("thread", "INT")]
    [InlineData("loop", "TERM")]
    [InlineData("pool:4", "INT")]
    [InlineData("proc:1", "TERM")]
    [InlineData("kestrel", "TERM")]
    public async Task LabServe_Model_SaysWhereAndServesUntilItIsStopped(string model, string signal)
    {
        await using var rondo = RondoProcess.Start(_data, "lab", "serve", model, "--port", "0", "--work", "io:1ms");
        var printed = await rondo.ReadUntilAsync("listens");
        using var client = new HttpClient();

        var answer = await client.GetStringAsync(Address().Match(printed).Value, TestContext.Current.CancellationToken);
        rondo.Signal(signal);

        Assert.Equal("Howdy!\r\n", answer);
        Assert.Matches($@"^{model} listens on http://127\.0\.0\.1:\d+/\n$", printed);
        Assert.Equal(0, await rondo.ExitAsync());
    }

    /// <summary>
    /// The bound is for a busy machine; on one that has time a worker is gone within a second of its server, which the
    /// output shows.
    /// </summary>
    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public async Task LabServe_Processes_ServeTogetherAndEndWithTheServer(string signal)
    {
        await using var rondo = RondoProcess.Start(_data, "lab", "serve", "proc:3", "--port", "0", "--work", "io:2s");
        var url = Address().Match(await rondo.ReadUntilAsync("listens")).Value;
        var workers = rondo.Children();
        using var client = new HttpClient();
        var started = Stopwatch.GetTimestamp();

        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(
            _ => client.GetStringAsync(url, TestContext.Current.CancellationToken)));

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5.9), "One after another is 6 s.");
        Assert.All(answers, answer => Assert.Equal("Howdy!\r\n", answer));
        Assert.Equal(3, workers.Count);
        var atWork = client.GetStringAsync(url, TestContext.Current.CancellationToken);
        started = Stopwatch.GetTimestamp();
        rondo.Signal(signal);
        await Task.WhenAll(workers.Select(worker => worker.WaitForExitAsync(TestContext.Current.CancellationToken)))
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        TestContext.Current.SendDiagnosticMessage(
            $"The workers were gone {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s after SIG{signal}.");
        workers.ForEach(worker => worker.Dispose());
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => atWork);
    }

    /// <summary>Three requests of two seconds for two workers: one waits while two lines are written.</summary>
    [Theory]
    [InlineData("proc:2", 3, true, true)]
    [InlineData("pool:2", 1, true, true)]
    [InlineData("thread", 1, false, false)]
    public async Task LabServe_Stats_TellOfTheModel(string model, int processes, bool hasQueue, bool hasLoop)
    {
        var path = Path.Combine(_data, "stats");
        await using var rondo = RondoProcess.Start(
            _data, "lab", "serve", model, "--port", "0", "--work", "io:2s", "--stats", path);
        var url = Address().Match(await rondo.ReadUntilAsync("listens")).Value;
        using var client = new HttpClient();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(
            _ => client.GetStringAsync(url, TestContext.Current.CancellationToken)));
        rondo.Signal("TERM");
        Assert.Equal(0, await rondo.ExitAsync());

        var seconds = (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken))
            .Select(line => JsonNode.Parse(line)!).ToList();

        // The model started them before it listened, and two seconds have passed since.
        Assert.Contains(seconds, s => s["processes"]!.GetValue<int>() == processes);
        Assert.All(seconds, s => Assert.True(s["threads"]!.GetValue<int>() > 1));
        Assert.All(seconds, s => Assert.True(s["resident_bytes"]!.GetValue<long>() > 1 << 20));
        Assert.Equal(hasQueue, seconds.Any(s => s["queued"] is not null));
        Assert.Equal(hasQueue, seconds.Any(s => s["queued"]?.GetValue<long>() == 1));
        Assert.Equal(hasLoop, seconds.Any(s => s["turns"]?.GetValue<long>() > 0));
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("sync")]
    [InlineData("thread")]
    [InlineData("kestrel")]
    public async Task LabServe_IdleTimeout_ClosesConnectionsThatSendNothing(string model)
    {
        await using var rondo = RondoProcess.Start(
            _data, "lab", "serve", model, "--port", "0", "--work", "io:1ms", "--idle-timeout", "200ms");
        var url = new Uri(Address().Match(await rondo.ReadUntilAsync("listens")).Value);
        using var idle = new TcpClient();
        await idle.ConnectAsync(url.Host, url.Port, TestContext.Current.CancellationToken);
        var started = Stopwatch.GetTimestamp();

        var closed = await Record.ExceptionAsync(() => idle.GetStream()
            .ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken).AsTask());

        // By an end or a reset. Ten seconds is what it would take without.
        Assert.IsAssignableFrom<IOException>(closed);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(9.9));
    }

    [Theory]
    [InlineData(2, "sync, broken, loop, pool:N", "lab", "serve", "nothing")]
    [InlineData(2, "sync, broken, loop, pool:N", "lab", "serve", "pool:0")]
    [InlineData(2, "sync, broken, loop, pool:N, thread, proc:N", "lab", "serve", "proc:0")]
    [InlineData(2, "io:50ms, cpu:20ms, mem:1MiB, mix:45ms+5ms", "lab", "serve", "loop", "--work", "sleep")]
    [InlineData(2, "--upstream", "lab", "serve", "webserver")]
    [InlineData(2, "no --work", "lab", "serve", "webserver", "--upstream", "http://127.0.0.1:1/", "--work", "io:1s")]
    [InlineData(2, "no --upstream", "lab", "serve", "loop", "--upstream", "http://127.0.0.1:1/")]
    [InlineData(2, "'0s' is no time", "lab", "serve", "loop", "--idle-timeout", "0s")]
    [InlineData(1, "/no/such/folder", "lab", "serve", "loop", "--stats", "/no/such/folder/stats", "--port", "0")]
    [InlineData(2, "no address", "lab", "serve", "loop", "--urls", "nonsense")]
    [InlineData(2, "not both", "lab", "serve", "loop", "--urls", "http://127.0.0.1:0", "--port", "0")]
    [InlineData(1, "Cannot listen on 192.0.2.1:80", "lab", "serve", "loop", "--urls", "http://192.0.2.1")]
    [InlineData(1, "Cannot listen on 192.0.2.1:80", "lab", "serve", "kestrel", "--urls", "http://192.0.2.1")]
    public async Task LabServe_Misused_SaysWhatThereIs(int expected, string told, params string[] arguments)
    {
        var (exitCode, output, error) = await RondoProcess.RunAsync(_data, arguments);

        Assert.Equal(expected, exitCode);
        Assert.Empty(output);
        Assert.StartsWith("rondo: ", error, StringComparison.Ordinal);
        Assert.Contains(told, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/")]
    private static partial Regex Address();
}
