namespace Rondo.Services.Registry;

/// <summary>Counts the picks of a service over all its revisions.</summary>
internal sealed class PickCounter
{
    private long _count;

    public ulong Next() => (ulong)Interlocked.Increment(ref _count);
}

/// <summary>Instances among which one is picked, with their shares added up. Immutable.</summary>
internal sealed class PickGroup
{
    // One that warns takes a quarter of its share.
    private const int Whole = 4;
    private const int OfWarning = 1;

    private readonly long[] _ends;
    private readonly long _stride;

    public PickGroup(ServiceInstance[] instances)
    {
        Instances = instances;
        Passing = instances.Count(i => i.State is InstanceState.Passing);
        _ends = new long[instances.Length];
        var divisor = instances.Aggregate(0L, (found, i) => Divisor(found, Share(i)));
        foreach (var (at, instance) in instances.Index())
        {
            Total += divisor == 0 ? 0 : Share(instance) / divisor;
            _ends[at] = Total;
        }

        _stride = Stride(Total);
    }

    public ServiceInstance[] Instances { get; }

    public int Passing { get; }

    /// <summary>All shares together, without their common divisor; 0 when none takes calls by itself.</summary>
    public long Total { get; }

    /// <summary>A share of 4 for each weight, 1 for one that warns.</summary>
    public static long Share(ServiceInstance instance) =>
        (long)instance.Registration.Weight * (instance.State is InstanceState.Passing ? Whole : OfWarning);

    /// <summary>
    /// Who has the turn of this number: over as many turns as there are shares each gets exactly its own, well spread,
    /// since a stride without a common divisor comes by every share once.
    /// </summary>
    public ServiceInstance OfTurn(ulong turn) => Instances[At((long)((UInt128)turn * (ulong)_stride % (ulong)Total))];

    /// <summary>Whose share a number from 0 to below <see cref="Total"/> falls in.</summary>
    public ServiceInstance OfShare(ulong number) => Instances[At((long)(number % (ulong)Total))];

    private int At(long share)
    {
        var found = Array.BinarySearch(_ends, share + 1);
        if (found < 0)
        {
            return ~found;
        }

        // Of equal ends the first has the share: the others have none.
        while (found > 0 && _ends[found - 1] == share + 1)
        {
            found--;
        }

        return found;
    }

    // Near the golden section, which spreads neighbours furthest.
    private static long Stride(long total)
    {
        var stride = Math.Max(1, (long)(total * 0.618));
        while (total > 1 && Divisor(stride, total) != 1)
        {
            stride++;
        }

        return stride;
    }

    private static long Divisor(long one, long other) => other == 0 ? one : Divisor(other, one % other);
}
