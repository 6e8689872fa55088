using System.Diagnostics;

namespace Rondo.Lab.Load.Engine;

/// <summary>The clock of a run, in nanoseconds; it only ever moves on.</summary>
internal static class LoadClock
{
    public const long Second = 1_000_000_000;

    private static readonly double Unit = (double)Second / Stopwatch.Frequency;

    public static long Now =>
        Stopwatch.Frequency == Second ? Stopwatch.GetTimestamp() : (long)(Stopwatch.GetTimestamp() * Unit);

    public static long FromSeconds(double seconds) => (long)Math.Min(seconds * Second, long.MaxValue / 4);
}
