using System.Diagnostics;
using System.Text.Json;

namespace Rondo.Benchmarks;

/// <summary>What <c>rondo load</c> on core 1 saw.</summary>
/// <param name="Requests">That were answered.</param>
/// <param name="PerSecond">Of them.</param>
/// <param name="Median">Microseconds from when a request was free to go, or due.</param>
internal sealed record LoadRun(long Requests, double PerSecond, double Median)
{
    /// <summary>As many requests as there can be.</summary>
    public static LoadRun Closed(string url, int connections, int seconds) =>
        Run("service_time", [url, "-c", $"{connections}", "-d", $"{seconds}s"]);

    /// <summary>So many requests a second.</summary>
    public static LoadRun Open(string url, int rate, int seconds) =>
        Run("response_time", [url, "--rate", $"{rate}", "-d", $"{seconds}s"]);

    /// <exception cref="InvalidOperationException">A request failed.</exception>
    private static LoadRun Run(string time, string[] arguments)
    {
        using var load = Process.Start(new ProcessStartInfo(
            "taskset", ["-c", "1", ServerProcess.Rondo, "load", .. arguments, "--json", "-"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = load.StandardError.ReadToEndAsync();
        var output = load.StandardOutput.ReadToEnd();
        load.WaitForExit();
        if (!output.StartsWith('{'))
        {
            throw new InvalidOperationException($"rondo load has failed:\n{output}{error.Result}");
        }

        using var json = JsonDocument.Parse(output);
        var root = json.RootElement;
        var failed = root.GetProperty("failed").EnumerateObject().Where(f => f.Name != "aborted_at_end")
            .Sum(f => f.Value.GetInt64());
        return failed == 0
            ? new LoadRun(
                root.GetProperty("completed").GetInt64(),
                root.GetProperty("requests_per_second").GetDouble(),
                root.GetProperty(time).GetProperty("p50").GetDouble() / 1000)
            : throw new InvalidOperationException(
                $"{failed} requests to {arguments[0]} failed: {root.GetProperty("first_problem")}");
    }
}
