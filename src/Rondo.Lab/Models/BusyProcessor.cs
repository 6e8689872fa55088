using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Rondo.Lab.Models;

/// <summary>
/// Keeps a processor busy. Always by the same number of steps for the same time: work that only watched the clock would
/// be done while another thread had the processor, and ten threads would finish on one as soon as one alone.
/// </summary>
internal static class BusyProcessor
{
    private const int Samples = 20;
    private const int StepsPerSample = 100_000;

    private static readonly Lazy<double> s_stepsPerMillisecond = new(Measure);

    private static long s_sink;

    /// <summary>Measures now, so that the first request need not.</summary>
    public static void Calibrate() => _ = s_stepsPerMillisecond.Value;

    /// <summary>Computes for as long as it takes on a processor that does nothing else.</summary>
    public static void Burn(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
        {
            Steps((long)(time.TotalMilliseconds * s_stepsPerMillisecond.Value));
        }
    }

    /// <summary>Steps per millisecond now. The quickest try counts: others were interrupted, or not compiled yet.</summary>
    public static double Measure() => Enumerable.Range(0, Samples).Max(_ =>
    {
        var started = Stopwatch.GetTimestamp();
        Steps(StepsPerSample);
        return StepsPerSample / Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    });

    // A xorshift: each step needs the one before, so no compiler shortens it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Steps(long count)
    {
        var x = 88172645463325252;
        for (var i = 0L; i < count; i++)
        {
            x ^= x << 13;
            x ^= (long)((ulong)x >> 7);
            x ^= x << 17;
        }

        Volatile.Write(ref s_sink, x);
    }
}
