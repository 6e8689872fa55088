using Rondo.Charts.Plots;
using Rondo.Lab.Experiments.Results;

namespace Rondo.Lab.Reports.Plots;

/// <summary>Latency over time of each model, its rounds one after another.</summary>
internal static class HeatPlots
{
    private const double Microsecond = 1e-6;

    public static IReadOnlyList<(string Model, HeatMap Map)> Of(ResultView view)
    {
        var samples = view.Models.Select(m => (Model: m, Cells: view.Cells(m)))
            .Select(m => (m.Model, Length: m.Cells.Sum(Length), Samples: Samples(m.Cells).ToList()))
            .Where(m => m.Samples.Count > 0)
            .ToList();
        if (samples.Count == 0)
        {
            return [];
        }

        var range = (samples.Min(s => s.Samples.Min(h => h.Seconds)), samples.Max(s => s.Samples.Max(h => h.Seconds)));
        var length = samples.Max(s => s.Length);
        return
        [
            .. samples.Select(s => (s.Model, new HeatMap(
                $"Latency over time: {s.Model} at {ResultView.Connections(view.Focus)}",
                "Requests by when they ended and how long they took; the darker, the more.",
                s.Model,
                1,
                s.Samples)
            {
                RowsPerDoubling = 1,
                Range = range,
                Length = length,
                Note = view.Level(s.Model, view.Focus)?.P99 is { } p99 ? "p99 " + ResultView.Time(p99.Value) : null,
            })),
        ];
    }

    private static IEnumerable<HeatSample> Samples(IReadOnlyList<LabCell> cells)
    {
        var start = 0;
        foreach (var cell in cells)
        {
            foreach (var second in cell.Seconds)
            {
                for (var bin = 0; bin < second.Bins.Count; bin++)
                {
                    if (second.Bins[bin] > 0)
                    {
                        yield return new HeatSample(start + second.Second, Middle(bin), second.Bins[bin]);
                    }
                }
            }

            start += Length(cell);
        }
    }

    private static int Length(LabCell cell) => cell.Seconds.Select(s => s.Second + 1).DefaultIfEmpty(0).Max();

    // By the ratio: a bin reaches from one power of two to the next.
    private static double Middle(int bin) => Microsecond * Math.Pow(2, bin - 0.5);
}
