using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Statistics;

namespace Rondo.Lab.Experiments.Judging;

/// <summary>Puts the rounds of one model at one number of connections together.</summary>
internal static class LevelSummary
{
    // For one peak, the slots of a histogram are far too fine.
    private const int PeakBins = 4;

    public static LabLevel Of(
        string model, int connections, IReadOnlyList<LabCell> cells, LabPrediction? prediction)
    {
        var coverage = 0.0;
        var throughput = Median(c => c.Throughput);
        return new LabLevel(
            model,
            connections,
            cells.Count,
            Math.Round(coverage, 5),
            throughput,
            Median(c => c.Latency?.Mean),
            Median(c => c.Latency?.P50),
            Median(c => c.Latency?.P90),
            Median(c => c.Latency?.P99),
            Median(c => c.Latency?.P999),
            Costs(cells),
            cells.Sum(c => c.Counts!.Failed),
            throughput is not null && prediction is { Throughput: > 0 and var expected }
                ? new LabInterval(throughput.Value / expected, throughput.Low / expected, throughput.High / expected)
                : null);

        LabInterval? Median(Func<LabCell, double?> of)
        {
            // A figure that some rounds lack would be a median of the others.
            var values = cells.Select(of).OfType<double>().ToList();
            return values.Count == cells.Count && values.Count > 0
                ? Analysis.Interval(Estimate.MedianOf(values, out coverage))
                : null;
        }
    }

    /// <summary>How many peaks a distribution has; 0 for too few samples to tell.</summary>
    public static double PeaksOf(LabLatency latency)
    {
        const int Fewest = 1000;
        if (latency.Count < Fewest)
        {
            return 0;
        }

        var histogram = latency.Restore();
        var counts = new SortedDictionary<int, long>();
        for (var slot = 0; slot < histogram.Slots.Length; slot++)
        {
            if (histogram.Slots[slot] > 0)
            {
                var value = Measuring.LatencyHistogram.HighestOf(slot);
                var bin = (int)(Math.Log2(Math.Max(1, value)) * PeakBins);
                counts[bin] = counts.GetValueOrDefault(bin) + histogram.Slots[slot];
            }
        }

        return SteadyState.PeaksOf(
            [.. Enumerable.Range(counts.Keys.First(), counts.Keys.Last() - counts.Keys.First() + 1)
                .Select(b => counts.GetValueOrDefault(b))]);
    }

    private static LabCosts? Costs(IReadOnlyList<LabCell> cells)
    {
        var costs = cells.Select(c => c.Costs).OfType<LabCosts>().ToList();
        return costs.Count == 0
            ? null
            : new LabCosts(
                (long?)Middle(c => c.ResidentBytes),
                (int?)Middle(c => c.Threads),
                (int?)Middle(c => c.Processes),
                Middle(c => c.VoluntarySwitchesPerRequest),
                Middle(c => c.InvoluntarySwitchesPerRequest),
                Middle(c => c.CpuMicrosecondsPerRequest),
                Middle(c => c.AllocatedBytesPerRequest),
                (long?)Middle(c => c.Collections),
                Middle(c => c.PauseMilliseconds));

        double? Middle(Func<LabCosts, double?> of) =>
            costs.Select(of).OfType<double>().Order().ToList() is { Count: > 0 } values
                ? Estimate.MiddleOf(values)
                : null;
    }
}
