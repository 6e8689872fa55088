using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rondo.Cli.Tests.Load;

/// <summary>A server that stands still; the subject is real time.</summary>
public sealed class StallTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("rondo-load-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Load_ServerFrozen_ReportsWhatUsersSee()
    {
        await using var server = RondoProcess.Start(_data, "serve", "currency", "--offline", "--urls", "http://127.0.0.1:0");
        var address = Regex.Match(await server.ReadUntilAsync("/currency/status"), @"http://127\.0\.0\.1:(\d+)");
        var file = Path.Combine(_data, "stall.json");
        var whole = Stopwatch.StartNew();
        var running = RondoProcess.RunAsync(
            _data, "load", address.Value + "/healthz", "--rate", "1000", "-d", "4s", "-c", "8", "--json", file);
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
}
