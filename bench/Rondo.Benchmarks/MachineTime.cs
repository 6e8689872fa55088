using System.Globalization;

namespace Rondo.Benchmarks;

/// <summary>Processor seconds of the whole machine so far: a measurement says how alone it was.</summary>
/// <param name="Busy">In any process.</param>
/// <param name="Stolen">Given to other machines by the host.</param>
internal readonly record struct MachineTime(double Busy, double Stolen)
{
    private const double TicksPerSecond = 100;

    // user nice system idle iowait irq softirq steal: proc_stat(5)
    public static MachineTime Now()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(field => double.Parse(field, CultureInfo.InvariantCulture) / TicksPerSecond).ToArray();
        return new MachineTime(ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6], ticks[7]);
    }
}
