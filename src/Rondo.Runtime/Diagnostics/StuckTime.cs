namespace Rondo.Runtime.Diagnostics;

/// <summary>
/// How long a callback has been at it, without the time that the machine has taken from it: a process that is stopped,
/// a processor that others use, a collection of garbage and the just-in-time compiler hold the loop, too, but are
/// nobody's blocking call.
/// </summary>
/// <param name="interval">How far readings are apart when nothing holds up the reader.</param>
internal sealed class StuckTime(TimeSpan interval)
{
    private ThreadReading _last;

    public TimeSpan Total { get; private set; }

    /// <param name="sofar">How long it runs already; what is more than an interval nobody has watched.</param>
    /// <param name="reading">Now.</param>
    public void Restart(TimeSpan sofar, in ThreadReading reading)
    {
        _last = reading;
        Total = sofar < interval ? sofar : interval;
    }

    /// <param name="reading">Now.</param>
    /// <param name="starved">
    /// For how long another thread, which the present wait may be for, has waited for a processor. Nobody knows whether
    /// it is that one, so this makes the time count for less, but not for nothing.
    /// </param>
    public void Add(in ThreadReading reading, TimeSpan starved)
    {
        // A late reader was held up itself, so the thread probably was as well.
        var passed = Min(reading.At - _last.At, interval * 2) - (reading.Pauses - _last.Pauses);
        if (reading.Times is { } times && _last.Times is { } before)
        {
            // The time in the queue is counted when it is over: for a thread that is in it now, only what it has run.
            passed = reading.IsRunnable
                ? Min(passed, times.OnProcessor - before.OnProcessor)
                : passed - (times.InQueue - before.InQueue);
        }

        if (reading.IsRunnable || reading.Times is null)
        {
            passed -= reading.Compiling - _last.Compiling;
        }

        if (!reading.IsRunnable)
        {
            passed = Max(passed - starved, passed / 8);
        }

        _last = reading;
        Total += passed > TimeSpan.Zero ? passed : TimeSpan.Zero;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
