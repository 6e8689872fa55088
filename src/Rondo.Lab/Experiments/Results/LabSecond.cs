using System.Numerics;
using Rondo.Lab.Measuring;

namespace Rondo.Lab.Experiments.Results;

/// <summary>What clients saw in one second of a cell.</summary>
/// <param name="Second">From 0.</param>
/// <param name="Completed">Requests completed in it.</param>
/// <param name="Failed">Requests failed in it.</param>
/// <param name="Bins">
/// How many took how long, for a heat map: the first counts what took less than 1 us, the one at index i what took from
/// 2^(i-1) up to less than 2^i us. Ends with the last that is not 0.
/// </param>
internal sealed record LabSecond(int Second, long Completed, long Failed, IReadOnlyList<long> Bins)
{
    private const long Microsecond = 1000;

    /// <summary>The counts by powers of two; a slot of the histogram counts where its longest duration belongs.</summary>
    public static IReadOnlyList<long> BinsOf(LatencyHistogram histogram)
    {
        var bins = new List<long>();
        for (var slot = 0; slot < histogram.Slots.Length; slot++)
        {
            if (histogram.Slots[slot] > 0)
            {
                var index = BinOf(LatencyHistogram.HighestOf(slot));
                while (bins.Count <= index)
                {
                    bins.Add(0);
                }

                bins[index] += histogram.Slots[slot];
            }
        }

        return bins;
    }

    /// <summary>The index of the bin that a duration belongs to.</summary>
    public static int BinOf(long nanoseconds) =>
        64 - BitOperations.LeadingZeroCount((ulong)(nanoseconds / Microsecond));
}
