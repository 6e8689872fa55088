using System.Diagnostics;
using System.Globalization;
using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Models;

namespace Rondo.Lab.Experiments.Running;

/// <summary>How much the machine has done until now, for all and for us; two of them tell what happened between.</summary>
internal sealed record MachineState
{
    private const double TicksPerSecond = 100;

    private static readonly string[] s_groups = ["/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpu/cpu.stat"];

    private long Moment { get; init; }

    // In ticks: all that processors did, what was done for anybody, and what the host took.
    private (long All, long Busy, long Stolen)? Processors { get; init; }

    private double OwnSeconds { get; init; }

    private long? Throttled { get; init; }

    public static MachineState Now() => new()
    {
        Moment = Stopwatch.GetTimestamp(),
        Processors = ReadProcessors(),
        OwnSeconds = OperatingSystem.IsLinux() ? ProcessTree.Of(Environment.ProcessId).CpuSeconds : 0,
        Throttled = s_groups.Where(File.Exists).SelectMany(File.ReadAllLines)
            .Where(l => l.StartsWith("nr_throttled ", StringComparison.Ordinal))
            .Select(l => (long?)long.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture)).FirstOrDefault(),
    };

    /// <summary>What happened since.</summary>
    /// <param name="before">An earlier state.</param>
    /// <param name="steps">Steps per millisecond at the start of the experiment; null to leave that out.</param>
    public LabNoise Since(MachineState before, double? steps)
    {
        var seconds = Stopwatch.GetElapsedTime(before.Moment, Moment).TotalSeconds;
        var (steal, foreign) = ((double?)null, (double?)null);
        if (Processors is { } now && before.Processors is { } then && now.All > then.All)
        {
            steal = (double)(now.Stolen - then.Stolen) / (now.All - then.All);
            foreign = Math.Max(
                0, ((now.Busy - then.Busy) / TicksPerSecond) - (OwnSeconds - before.OwnSeconds)) / seconds;
        }

        return new LabNoise(
            Round(steal),
            Throttled - before.Throttled,
            Round(foreign),
            steps is { } first ? Round((first / BusyProcessor.Measure()) - 1) : null);
    }

    private static double? Round(double? value) => value is { } number ? Math.Round(number, 5) : null;

    private static (long All, long Busy, long Stolen)? ReadProcessors()
    {
        const string File = "/proc/stat";
        if (!System.IO.File.Exists(File))
        {
            return null;
        }

        // user nice system idle iowait irq softirq steal; the work of interrupts is for nobody in particular.
        var ticks = System.IO.File.ReadLines(File).First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Take(8).Select(f => long.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return (ticks.Sum(), ticks[0] + ticks[1] + ticks[2], ticks[7]);
    }
}
