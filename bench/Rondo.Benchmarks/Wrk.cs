using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Rondo.Benchmarks;

/// <summary>What wrk saw, and how much of its core it took: a client near the end of it measures itself.</summary>
/// <param name="Requests">That were answered.</param>
/// <param name="Seconds">How long it sent.</param>
/// <param name="Elapsed">Seconds from its start to its end.</param>
/// <param name="CoreShare">From 0 to 1.</param>
internal sealed partial record Wrk(int Requests, double Seconds, double Elapsed, double CoreShare)
{
    private const double TicksPerSecond = 100;

    /// <summary>Runs wrk on core 1 against a server on this machine.</summary>
    /// <exception cref="InvalidOperationException">An answer was an error, or a connection failed.</exception>
    public static Wrk Run(int port, string path, int connections, int seconds)
    {
        var used = ChildrenSeconds();
        var clock = Stopwatch.StartNew();
        using var wrk = Process.Start(new ProcessStartInfo(
            "taskset",
            ["-c", "1", "wrk", "-t1", $"-c{connections}", $"-d{seconds}s", $"http://127.0.0.1:{port}{path}"])
        {
            RedirectStandardOutput = true,
        })!;
        var output = wrk.StandardOutput.ReadToEnd();
        wrk.WaitForExit();
        var elapsed = clock.Elapsed.TotalSeconds;
        if (wrk.ExitCode != 0
            || output.Contains("Non-2xx", StringComparison.Ordinal)
            || output.Contains("Socket errors", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("wrk saw errors:\n" + output);
        }

        return new Wrk(
            int.Parse(RequestCount().Match(output).Groups[1].Value, CultureInfo.InvariantCulture),
            seconds,
            elapsed,
            (ChildrenSeconds() - used) / elapsed);
    }

    // Children that have ended, user and system: proc_pid_stat(5), cutime and cstime.
    private static double ChildrenSeconds()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[13], CultureInfo.InvariantCulture)
            + double.Parse(fields[14], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex RequestCount();
}
