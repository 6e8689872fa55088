using Rondo.Lab.Experiments.Results;
using Rondo.Lab.Statistics;

namespace Rondo.Lab.Experiments.Judging;

/// <summary>
/// What follows from the cells of a result: levels, curves, checks and the verdict. The same result gives the same,
/// whenever it is asked.
/// </summary>
internal static class Analysis
{
    public static LabResult Complete(LabResult result)
    {
        var levels = Levels(result);
        var checks = CheckList.Of(result);
        return result with
        {
            Levels = levels,
            Fits = Fits(result),
            Checks = checks,
            Verdict = Judgement.Of(result, levels, checks),
            Notes = [.. Notes(result, levels)],
        };
    }

    /// <summary>A statistics' estimate as results hold it; JSON has no infinity.</summary>
    public static LabInterval Interval(Estimate estimate) => new(
        estimate.Value,
        double.IsFinite(estimate.Low) ? estimate.Low : estimate.Value,
        double.IsFinite(estimate.High) ? estimate.High : double.MaxValue);

    private static IReadOnlyList<LabLevel> Levels(LabResult result) =>
    [
        .. from model in result.Settings.Models
           from connections in result.Settings.Connections
           let cells = result.Cells
               .Where(c => c.Model == model && c.Connections == connections && c.Counts is not null).ToList()
           select LevelSummary.Of(
               model,
               connections,
               cells,
               result.Predictions.FirstOrDefault(p => p.Model == model && p.Connections == connections)),
    ];

    private static IReadOnlyList<LabFit> Fits(LabResult result) =>
        [.. result.Settings.Models.SelectMany(model => FitSummary.Of(result, model))];

    private static IEnumerable<string> Notes(LabResult result, IReadOnlyList<LabLevel> levels)
    {
        if (result.Machine.ServerProcessors is { Count: > 0 } servers)
        {
            yield return servers.Count == 1
                ? "The server has one processor: models that could use several cannot show it here."
                : $"The server has {servers.Count} processors.";
        }
        else
        {
            yield return "Generator and server share the processors: each takes time from the other.";
        }

        if (levels.Any(l => l.Rounds == 0) && result.Cells.Any(c => c.IsTooShort))
        {
            yield return "Where a request of every connection takes longer than one and a half measurements, the cell "
                + "is too short: it is predicted only.";
        }

        if (result.Cells.Any(c => c.Costs?.Processes > 1))
        {
            yield return "Memory of several processes is added up, what they share included.";
        }

        foreach (var model in result.Settings.Models)
        {
            var peaks = result.Cells.Where(c => c.Model == model && c.Latency is not null)
                .Max(c => (double?)LevelSummary.PeaksOf(c.Latency!)) ?? 0;
            if (peaks > SteadyState.SeveralPeaks)
            {
                yield return $"The latencies of {model} have more than one peak: percentiles between them mean little.";
            }
        }

        if (result.Cells.Count(c => c.Attempt > 1) is > 0 and var repeated)
        {
            yield return $"{repeated} of {result.Cells.Count} cells were measured again because the machine was busy.";
        }
    }
}
