using System.Numerics;

namespace Rondo.Services.Gateway;

/// <summary>
/// How long answers took of late, in buckets four to an octave, so that a percentile is at most a quarter too high. Of
/// two halves one is written while the other rests; together they hold the last 30 to 60 seconds.
/// </summary>
/// <threadsafety>
/// Every member from any thread; around the turn of a half a few may be counted in the wrong one.
/// </threadsafety>
internal sealed class LatencyWindow(TimeProvider time)
{
    private const int PartsOfOctave = 4;
    private const int Buckets = 26 * PartsOfOctave;

    private static readonly TimeSpan Half = TimeSpan.FromSeconds(30);

    private readonly int[][] _halves = [new int[Buckets], new int[Buckets]];
    private long _turn = time.GetTimestamp();
    private int _current;

    /// <param name="took">How long.</param>
    /// <param name="now">A timestamp of the clock.</param>
    public void Add(TimeSpan took, long now)
    {
        Turn(now);
        var micros = (ulong)Math.Max(PartsOfOctave, took.TotalMicroseconds);
        var octave = BitOperations.Log2(micros);
        var part = (int)(micros >> (octave - 2)) & (PartsOfOctave - 1);
        var bucket = Math.Min(Buckets - 1, ((octave - 2) * PartsOfOctave) + part);
        Interlocked.Increment(ref _halves[Volatile.Read(ref _current)][bucket]);
    }

    /// <summary>At most so long took this share of the answers; null when there were none.</summary>
    public TimeSpan? Percentile(double share)
    {
        Turn(time.GetTimestamp());
        var all = _halves[0].Zip(_halves[1], (one, other) => (long)one + other).ToList();
        var wanted = (long)Math.Ceiling(all.Sum() * share);
        if (wanted == 0)
        {
            return null;
        }

        var seen = 0L;
        var bucket = all.FindIndex(count => (seen += count) >= wanted);
        var (octave, part) = ((bucket / PartsOfOctave) + 2, bucket % PartsOfOctave);
        return TimeSpan.FromMicroseconds((PartsOfOctave + part + 1) * (double)(1UL << (octave - 2)));
    }

    private void Turn(long now)
    {
        var turn = Volatile.Read(ref _turn);
        var passed = time.GetElapsedTime(turn, now);
        if (passed < Half || Interlocked.CompareExchange(ref _turn, now, turn) != turn)
        {
            return;
        }

        var next = 1 - Volatile.Read(ref _current);
        Array.Clear(_halves[next]);
        if (passed >= 2 * Half)
        {
            Array.Clear(_halves[1 - next]);
        }

        Volatile.Write(ref _current, next);
    }
}
