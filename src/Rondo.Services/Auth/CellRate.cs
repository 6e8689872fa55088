namespace Rondo.Services.Auth;

/// <summary>
/// A leaky bucket that is one number, the moment at which it will be empty (the generic cell rate algorithm of ITU-T
/// I.371): so it needs no lock, and thousands fit into an array.
/// </summary>
/// <param name="Interval">Between two that leak out, in units of the clock.</param>
/// <param name="Burst">So many at once.</param>
internal readonly record struct CellRate(long Interval, int Burst)
{
    /// <summary>So many in a time, all at once if need be.</summary>
    public static CellRate Of(TimeProvider time, int count, TimeSpan per) =>
        new(Math.Max(1, (long)(per.TotalSeconds * time.TimestampFrequency / count)), count);

    /// <summary>Takes one; returns 0, or how long until there is one.</summary>
    public long Take(ref long empty, long now)
    {
        while (true)
        {
            var seen = Volatile.Read(ref empty);
            var next = Math.Max(seen, now) + Interval;
            if (next - now > Interval * Burst)
            {
                return next - now - (Interval * Burst);
            }

            if (Interlocked.CompareExchange(ref empty, next, seen) == seen)
            {
                return 0;
            }
        }
    }

    /// <summary>How long until there is one; 0 when there is.</summary>
    public long Wait(ref long empty, long now) =>
        Math.Max(0, Math.Max(Volatile.Read(ref empty), now) + Interval - now - (Interval * Burst));

    /// <summary>How many could be taken now.</summary>
    public long Left(ref long empty, long now) =>
        Math.Max(0, ((Interval * Burst) - (Math.Max(Volatile.Read(ref empty), now) - now)) / Interval);
}
