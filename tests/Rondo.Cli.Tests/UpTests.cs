using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests;

/// <summary>The smoke test: the real binary, started, used and stopped as a user would.</summary>
public sealed partial class UpTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-cli-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Theory]
    [InlineData("INT", "auto")]
    [InlineData("TERM", "auto")]
    [InlineData("TERM", "sockets")]
    public async Task Up_FirstStart_PrintsAddressKeyAndFourCurlLinesAndStopsCleanly(string signal, string transport)
    {
        await using var rondo = RondoProcess.Start(
            _data, "up", "--offline", "--transport", transport, "--urls", "http://127.0.0.1:0");
        var printed = await rondo.ReadUntilAsync("/currency/status");
        using var client = new HttpClient { BaseAddress = new Uri(Address().Match(printed).Value) };

        var answer = await client.GetStringAsync("/convert/GBP/100", TestContext.Current.CancellationToken);
        rondo.Signal(signal);

        Assert.StartsWith("GBP ", answer, StringComparison.Ordinal);
        Assert.Matches(@"admin key, shown only this once: ak_\w{8}_\w{49}\n", printed);
        Assert.Equal(4, Regex.Count(printed, "curl "));
        Assert.Contains($"  chat   {Address().Match(printed).Value}/chat\n", printed, StringComparison.Ordinal);
        Assert.Contains(
            transport == "sockets" ? "  on     sockets, as configured" : "  on     epoll, the default on Linux",
            printed,
            StringComparison.Ordinal);
        Assert.Equal(0, await rondo.ExitAsync());
    }

    [Fact]
    public async Task Up_Tls_IsReachedByItsNameWithItsAuthority()
    {
        await using var rondo = RondoProcess.Start(
            _data, "up", "--tls", "--offline", "--urls", "https://127.0.0.1:0", "--host", "desk.example.org");
        var printed = await rondo.ReadUntilAsync("/currency/status");
        var port = new Uri(Regex.Match(printed, @"listens on (\S+)").Groups[1].Value).Port;
        using var curl = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "curl",
            [
                "-sS", "--max-time", "30", "--cacert", Path.Combine(_data, "tls", "authority.crt"),
                "--resolve", $"desk.example.org:{port}:127.0.0.1", $"https://desk.example.org:{port}/healthz",
            ])
        {
            RedirectStandardOutput = true,
        })!;

        Assert.Equal("ok", await curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"  trust  http://127.0.0.1:{port}/trust, once on each device", printed, StringComparison.Ordinal);
        rondo.Signal("TERM");
        Assert.Equal(0, await rondo.ExitAsync());
    }

    [Fact]
    public async Task Up_SecondStart_ShowsNoKey()
    {
        for (var start = 1; start <= 2; start++)
        {
            await using var rondo = RondoProcess.Start(_data, "up", "--offline", "--urls", "http://127.0.0.1:0");
            var printed = await rondo.ReadUntilAsync("/currency/status");
            rondo.Signal("TERM");

            Assert.Equal(0, await rondo.ExitAsync());
            Assert.Equal(start == 1, printed.Contains("ak_", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Up_Demo_StartsWorkersWithTheFirstRequestForThem()
    {
        await using var rondo = RondoProcess.Start(
            _data, "up", "--offline", "--demo", "--urls", "http://127.0.0.1:0");
        var printed = await rondo.ReadUntilAsync("/currency/status");
        using var client = new HttpClient { BaseAddress = new Uri(Address().Match(printed).Value) };
        await client.GetStringAsync("/work?mode=threads", TestContext.Current.CancellationToken);
        Assert.Empty(rondo.Children());

        var answer = await client.GetStringAsync("/work?mode=processes", TestContext.Current.CancellationToken);

        Assert.Equal("Howdy!\r\n", answer);
        var worker = Assert.Single(rondo.Children());
        rondo.Signal("TERM");
        Assert.Equal(0, await rondo.ExitAsync());
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken);
        worker.Dispose();
    }

    [Fact]
    public async Task Up_FolderInUse_IsRefusedAndNamesTheHolder()
    {
        await using var rondo = RondoProcess.Start(_data, "up", "--offline", "--urls", "http://127.0.0.1:0");
        await rondo.ReadUntilAsync("/currency/status");

        var (exitCode, _, error) = await RondoProcess.RunAsync(
            _data, "up", "--offline", "--urls", "http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains($"process {rondo.Id}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_PortTaken_IsRefusedAndNamesTheHolder()
    {
        await using var rondo = RondoProcess.Start(_data, "up", "--offline", "--urls", "http://127.0.0.1:0");
        var address = Address().Match(await rondo.ReadUntilAsync("/currency/status")).Value;
        var other = Path.Combine(_data, "other");

        var (exitCode, _, error) = await RondoProcess.RunAsync(
            other, "up", "--offline", "--urls", address, "--data", other);

        Assert.Equal(1, exitCode);
        Assert.Contains($"process {rondo.Id} (rondo)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_Currency_Answers()
    {
        await using var rondo = RondoProcess.Start(
            _data, "serve", "currency", "--offline", "--urls", "http://127.0.0.1:0");
        var address = Address().Match(await rondo.ReadUntilAsync("/currency/status")).Value;
        using var client = new HttpClient();

        Assert.Equal("ready", await client.GetStringAsync(address + "/readyz", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(2, "up", "--urls", "nonsense")]
    [InlineData(2, "up", "--urls", "http://127.0.0.1:99999")]
    [InlineData(1, "up", "--offline", "--urls", "http://192.0.2.1:8080")]
    [InlineData(2, "up", "--log-format", "xml")]
    [InlineData(2, "up", "--transport", "io_uring")]
    [InlineData(2, "up", "--transport", "pigeon")]
    [InlineData(2, "serve", "nothing")]
    [InlineData(2, "nothing")]
    [InlineData(1, "up", "--rates", "/nowhere/rates.csv")]
    [InlineData(1, "up", "--data", "/proc/nowhere")]
    public async Task Rondo_Misused_SaysWhatToDo(int expected, params string[] arguments)
    {
        var (exitCode, output, error) = await RondoProcess.RunAsync(_data, arguments);

        Assert.Equal(expected, exitCode);
        Assert.Empty(output);

        // What started before the refusal may have logged something already.
        Assert.Contains(error.Split('\n'), line => line.StartsWith("rondo: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
