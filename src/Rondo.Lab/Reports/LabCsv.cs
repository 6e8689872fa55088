using System.Text;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports;

/// <summary>A row per model, number of connections and round, for other programs.</summary>
internal static class LabCsv
{
    private const double Millisecond = 1e6;

    private static readonly (string Name, Func<LabCell, object?> Of)[] s_columns =
    [
        ("model", c => c.Model),
        ("connections", c => c.Connections),
        ("round", c => c.Round),
        ("attempt", c => c.Attempt),
        ("too_short", c => c.IsTooShort ? 1 : 0),
        ("completed", c => c.Counts?.Completed),
        ("failed", c => c.Counts?.Failed),
        ("aborted_at_end", c => c.Counts?.AbortedAtEnd),
        ("requests_per_second", c => c.Counts is null ? null : Math.Round(c.Throughput, 3)),
        ("mean_ms", c => c.Latency is { } l ? Math.Round(l.Mean / Millisecond, 4) : null),
        ("p50_ms", c => c.Latency?.P50 / Millisecond),
        ("p90_ms", c => c.Latency?.P90 / Millisecond),
        ("p99_ms", c => c.Latency?.P99 / Millisecond),
        ("p99_9_ms", c => c.Latency?.P999 / Millisecond),
        ("max_ms", c => c.Latency?.Max / Millisecond),
        ("busy_connections", c => c.Counts is null ? null : Math.Round(c.BusyConnections, 3)),
        ("resident_bytes", c => c.Costs?.ResidentBytes),
        ("threads", c => c.Costs?.Threads),
        ("processes", c => c.Costs?.Processes),
        ("cpu_us_per_request", c => c.Costs?.CpuMicrosecondsPerRequest),
        ("voluntary_switches_per_request", c => c.Costs?.VoluntarySwitchesPerRequest),
        ("involuntary_switches_per_request", c => c.Costs?.InvoluntarySwitchesPerRequest),
        ("allocated_bytes_per_request", c => c.Costs?.AllocatedBytesPerRequest),
        ("collections", c => c.Costs?.Collections),
        ("gc_pause_ms", c => c.Costs?.PauseMilliseconds),
        ("longest_turn_ms", c => c.ServerSeconds.Max(s => s.LongestTurnMs)),
        ("most_queued", c => c.ServerSeconds.Max(s => s.Queued)),
        ("generator_cpu", c => c.Generator?.BusiestThread),
        ("generator_starved", c => c.Generator?.StarvedThread),
        ("steal", c => c.Noise?.StealShare),
        ("foreign_cpu", c => c.Noise?.ForeignShare),
        ("calibration_drift", c => c.Noise?.CalibrationDrift),
    ];

    public static string Write(LabResult result)
    {
        var text = new StringBuilder(string.Join(',', s_columns.Select(c => c.Name))).Append('\n');
        foreach (var cell in result.Cells)
        {
            text.Append(string.Join(',', s_columns.Select(c => Figure.Text($"{c.Of(cell)}")))).Append('\n');
        }

        return text.ToString();
    }
}
