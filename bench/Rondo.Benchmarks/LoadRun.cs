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

    /// <summary>What it prints as JSON; requests may have failed.</summary>
    /// <exception cref="InvalidOperationException">It has measured nothing.</exception>
    public static JsonElement Json(string[] arguments)
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
        return output.StartsWith('{')
            ? JsonDocument.Parse(output).RootElement
            : throw new InvalidOperationException(
                $"rondo load {string.Join(' ', arguments)} has failed:\n{output}{error.Result}");
    }

    /// <summary>Requests that failed, without those that its own end has cut off.</summary>
    public static long Failures(JsonElement result) => result.GetProperty("failed").EnumerateObject()
        .Where(f => f.Name != "aborted_at_end").Sum(f => f.Value.GetInt64());

    /// <exception cref="InvalidOperationException">A request failed.</exception>
    private static LoadRun Run(string time, string[] arguments)
    {
        var result = Json(arguments);
        return Failures(result) is var failed and not 0
            ? throw new InvalidOperationException(
                $"{failed} requests to {arguments[0]} failed: {result.GetProperty("first_problem")}")
            : new LoadRun(
                result.GetProperty("completed").GetInt64(),
                result.GetProperty("requests_per_second").GetDouble(),
                result.GetProperty(time).GetProperty("p50").GetDouble() / 1000);
    }
}
