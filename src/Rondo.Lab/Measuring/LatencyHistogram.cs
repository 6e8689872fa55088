using System.Numerics;

namespace Rondo.Lab.Measuring;

/// <summary>
/// Counts of durations in nanoseconds, in slots no wider than a thousandth of their value (the layout of HdrHistogram
/// with three significant digits), up to 68.7 s. Minimum and maximum are kept exactly, so no percentile lies outside
/// what was measured.
/// </summary>
/// <threadsafety>One thread at a time.</threadsafety>
internal sealed class LatencyHistogram
{
    /// <summary>Below so many samples the 99.9th percentile rests on fewer than ten of them and is not given.</summary>
    public const long FewestForThreeNines = 10_000;

    /// <summary>Longer durations count as this long; <see cref="Max"/> stays exact.</summary>
    public const long Longest = (1L << LongestBits) - 1;

    /// <summary>How many slots there are.</summary>
    public const int SlotCount = ((LongestBits - SubBits) * HalfSlots) + (2 * HalfSlots);

    private const int LongestBits = 36;
    private const int SubBits = 11;
    private const int HalfSlots = 1 << (SubBits - 1);

    private readonly long[] _slots = new long[SlotCount];
    private double _sum;
    private long _min = long.MaxValue;
    private int _used;

    /// <summary>How many durations were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The shortest, in nanoseconds; 0 if there is none.</summary>
    public long Min => Count == 0 ? 0 : _min;

    /// <summary>The longest, in nanoseconds.</summary>
    public long Max { get; private set; }

    /// <summary>The sum of all, in nanoseconds.</summary>
    public double Sum => _sum;

    /// <summary>The mean, in nanoseconds; 0 if there is none.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    /// <summary>The counts by slot, up to the last one in use.</summary>
    public ReadOnlySpan<long> Slots => _slots.AsSpan(0, _used);

    /// <summary>Adds one duration; a negative one counts as 0.</summary>
    public void Record(long nanoseconds)
    {
        var value = Math.Max(nanoseconds, 0);
        var slot = SlotOf(Math.Min(value, Longest));
        _slots[slot]++;
        Count++;
        _sum += value;
        Note(value, value, slot);
    }

    /// <summary>Adds <paramref name="count"/> durations of one slot.</summary>
    public void Record(long nanoseconds, long count)
    {
        if (count > 0)
        {
            var slot = SlotOf(Math.Clamp(nanoseconds, 0, Longest));
            _slots[slot] += count;
            Count += count;
            _sum += (double)nanoseconds * count;
            Note(nanoseconds, nanoseconds, slot);
        }
    }

    /// <summary>Adds everything that <paramref name="other"/> holds; nothing is lost.</summary>
    public void Add(LatencyHistogram other)
    {
        if (other.Count == 0)
        {
            return;
        }

        for (var slot = 0; slot < other._used; slot++)
        {
            _slots[slot] += other._slots[slot];
        }

        Count += other.Count;
        _sum += other._sum;
        Note(other._min, other.Max, other._used - 1);
    }

    public void Clear()
    {
        Array.Clear(_slots, 0, _used);
        (Count, _sum, _min, Max, _used) = (0, 0, long.MaxValue, 0, 0);
    }

    /// <summary>The value that the fraction <paramref name="quantile"/> of all samples does not exceed.</summary>
    /// <param name="quantile">0 to 1; the rank is ceil(quantile x count), at least 1.</param>
    /// <returns>Nanoseconds: the upper end of the slot, never more than the maximum. 0 if there is no sample.</returns>
    public long Percentile(double quantile)
    {
        // Decimal: 0.07 x 100 is 7.000000000000001 in binary, and its ceiling one rank too high.
        return AtRank((long)Math.Ceiling((decimal)quantile * Count));
    }

    /// <summary>The value of the sample at a place in their order, from 1.</summary>
    /// <returns>As of <see cref="Percentile"/>.</returns>
    public long AtRank(long rank)
    {
        if (Count == 0)
        {
            return 0;
        }

        rank = Math.Clamp(rank, 1, Count);
        var seen = 0L;
        for (var slot = 0; slot < _used; slot++)
        {
            seen += _slots[slot];
            if (seen >= rank)
            {
                // What was too long for the slots is known only as the maximum.
                return slot == SlotCount - 1 ? Max : Math.Clamp(HighestOf(slot), Min, Max);
            }
        }

        return Max;
    }

    /// <summary>The standard deviation of the samples, in nanoseconds; slots count with their middle.</summary>
    public double Deviation()
    {
        var squares = 0.0;
        for (var slot = 0; slot < _used; slot++)
        {
            if (_slots[slot] > 0)
            {
                var distance = MiddleOf(slot) - Mean;
                squares += distance * distance * _slots[slot];
            }
        }

        return Count < 2 ? 0 : Math.Sqrt(squares / (Count - 1));
    }

    /// <summary>The share of samples, 0 to 1, within <paramref name="distance"/> of the mean.</summary>
    public double ShareWithin(double distance)
    {
        var within = 0L;
        for (var slot = 0; slot < _used; slot++)
        {
            within += Math.Abs(MiddleOf(slot) - Mean) <= distance ? _slots[slot] : 0;
        }

        return Count == 0 ? 0 : (double)within / Count;
    }

    /// <summary>
    /// A copy that also counts the requests a closed loop did not send while it waited: for each sample longer than
    /// twice <paramref name="interval"/>, one more at each whole interval less, as wrk does.
    /// </summary>
    public LatencyHistogram WithMissing(long interval)
    {
        var copy = new LatencyHistogram();
        copy.Add(this);
        for (var slot = 0; interval > 0 && slot < _used; slot++)
        {
            var value = (long)MiddleOf(slot);
            if (_slots[slot] > 0 && value > 2 * interval)
            {
                for (var missing = value - interval; missing > interval; missing -= interval)
                {
                    copy.Record(missing, _slots[slot]);
                }
            }
        }

        return copy;
    }

    /// <summary>Puts the exact values back that an export by slots has lost.</summary>
    public void Restore(long min, long max, double sum)
    {
        if (Count > 0)
        {
            (_min, Max, _sum) = (min, max, sum);
        }
    }

    /// <summary>The slot of a duration.</summary>
    public static int SlotOf(long nanoseconds)
    {
        var shift = Math.Max(0, 64 - SubBits - BitOperations.LeadingZeroCount((ulong)nanoseconds));
        return (int)(nanoseconds >> shift) + (shift * HalfSlots);
    }

    /// <summary>The longest duration of a slot.</summary>
    public static long HighestOf(int slot)
    {
        var shift = Math.Max(0, (slot / HalfSlots) - 1);
        return ((slot - ((long)shift * HalfSlots) + 1) << shift) - 1;
    }

    private static double MiddleOf(int slot)
    {
        var shift = Math.Max(0, (slot / HalfSlots) - 1);
        return HighestOf(slot) - (((1L << shift) - 1) / 2.0);
    }

    private void Note(long min, long max, int slot)
    {
        _min = Math.Min(_min, min);
        Max = Math.Max(Max, max);
        _used = Math.Max(_used, slot + 1);
    }
}
