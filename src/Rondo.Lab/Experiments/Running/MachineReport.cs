using System.Globalization;
using System.Runtime.InteropServices;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Experiments.Running;

/// <summary>Where the experiment runs.</summary>
internal static class MachineReport
{
    private const double LeastDifference = 0.05;

    public static LabMachine Of(Placement placement, LabNoise? noise) => new(
        Processor(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        FirstLine("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        Quota(),
        placement.Generator,
        placement.Server,
        noise);

    /// <summary>Below this share two throughputs count as equal: 5 %, or what the machine itself varies by.</summary>
    public static double SmallestDifference(LabMachine machine) =>
        Math.Max(LeastDifference, Math.Abs(machine.Noise?.CalibrationDrift ?? 0));

    private static string Processor() => !File.Exists("/proc/cpuinfo")
        ? RuntimeInformation.ProcessArchitecture.ToString()
        : File.ReadLines("/proc/cpuinfo").Where(l => l.StartsWith("model name", StringComparison.Ordinal))
            .Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
            .FirstOrDefault() ?? RuntimeInformation.ProcessArchitecture.ToString();

    // Microseconds of processor time, and in how many of the clock.
    private static double? Quota() =>
        FirstLine("/sys/fs/cgroup/cpu.max")?.Split(' ') is [var most, var period]
            && double.TryParse(most, CultureInfo.InvariantCulture, out var microseconds)
            ? microseconds / double.Parse(period, CultureInfo.InvariantCulture)
            : null;

    private static string? FirstLine(string file) => File.Exists(file) ? File.ReadLines(file).FirstOrDefault() : null;
}
